"""Connects and listens to what the server says."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))
print(sock.recv(16))
sock.close()
