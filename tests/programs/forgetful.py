"""Forgets sockets without closing them: in a function, in a thread, in a child, in a cycle."""

import gc
import os
import socket
import sys
import threading


def forget():
    socket.socket()
    kept = socket.socket()
    print(kept.fileno())


forget()
thread = threading.Thread(target=forget)
thread.start()
thread.join()
sys.stderr.flush()
if (child := os.fork()) == 0:
    forget()
    sys.stdout.flush()
    os._exit(0)
os.waitpid(child, 0)
ring = [socket.socket()]
ring.append(ring)
del ring
gc.collect()
print(socket.socket().fileno())
