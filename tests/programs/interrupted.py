"""Interrupted while it waits, as by ctrl+c."""

import os
import signal
import socket
import threading

main = os.getpid()
listener = socket.create_server(("127.0.0.1", 0))
a = socket.create_connection(listener.getsockname())
b, _ = listener.accept()


def interrupt():
    b.recv(10)
    os.kill(main, signal.SIGINT)


threading.Thread(target=interrupt, daemon=True).start()
a.send(b"now")
try:
    a.recv(10)
except KeyboardInterrupt:
    print("interrupted")
    raise
