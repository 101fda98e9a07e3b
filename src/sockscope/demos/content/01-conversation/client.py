"""Asks one question."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))

sock.sendall(b"Hello")
print(sock.recv(64))
print(sock.recv(64))
sock.close()
