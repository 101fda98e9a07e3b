"""Waits in accept(), with a forked child and a started one that wait as well."""

import os
import socket
import subprocess
import sys

listener = socket.create_server(("127.0.0.1", 0))
forked = os.fork()
if not forked:
    listener.accept()
started = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print(forked, started.pid, flush=True)
listener.accept()
