"""Interrupted while it waits, as by ctrl+c."""

import os
import signal
import socket
import threading
import time
from pathlib import Path

main = os.getpid()
listener = socket.create_server(("127.0.0.1", 0))
a = socket.create_connection(listener.getsockname())
b, _ = listener.accept()


def interrupt():
    b.recv(10)
    sleeps = Path(f"/proc/self/task/{main}/wchan")
    end = time.monotonic() + 5
    while "woken" not in sleeps.read_text() and time.monotonic() < end:
        pass
    os.kill(main, signal.SIGINT)


threading.Thread(target=interrupt, daemon=True).start()
a.send(b"now")
try:
    a.recv(10)
except KeyboardInterrupt:
    print("interrupted")
    raise
