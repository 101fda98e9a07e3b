"""Asks for the time, and forgets to end the line."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))

sock.sendall(b"What is the time?")
print(sock.recv(64))
