"""Accepts one client, and does not read what it sends until it has sent something itself."""

import socket
import sys

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen()
conversation, client = listener.accept()
conversation.sendall(b"ready")
print(len(conversation.recv(100_000)))
