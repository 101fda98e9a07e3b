"""Visits both ports, and lets the server hang up first."""

import socket
import sys

for port in sys.argv[1:] or ("1060", "1061"):
    sock = socket.socket()
    sock.connect(("127.0.0.1", int(port)))
    sock.recv(100)
    sock.close()
