"""Greets five clients, all of them at once."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()

conversations = []
for _ in range(5):
    conversation, address = listener.accept()
    conversations.append(conversation)

for conversation in conversations:
    name = conversation.recv(64)
    conversation.sendall(b"Hello, " + name)
    conversation.close()
