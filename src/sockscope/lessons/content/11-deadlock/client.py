"""Waits to be spoken to, gives up, and then says far too much before it listens."""

import socket
import sys

MUCH = bytes(200_000)

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
sock.connect(("127.0.0.1", port))

sock.settimeout(1)
try:
    sock.recv(100)
except TimeoutError:
    print("nobody says anything")
sock.settimeout(None)

sock.sendall(MUCH)
sock.recv(100)
sock.close()
