"""Answers when it has read a whole line."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()

conversation, address = listener.accept()
line = b""
while not line.endswith(b"\n"):
    line += conversation.recv(64)
conversation.sendall(b"The time is noon.\n")
