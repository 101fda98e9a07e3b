"""Reads lines through a file, and then, by mistake, from the socket itself."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))
reader = sock.makefile("rb")
print("a line:", reader.readline())
sock.getpeername()
print("a line:", reader.readline())
print("from the socket:", sock.recv(100))
print("a line:", reader.readline())
reader.close()
sock.close()
