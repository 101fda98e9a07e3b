"""Adds up numbers until there are no more, and then gives the sum."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()
conversation, address = listener.accept()

text = b""
while more := conversation.recv(100):
    text += more
total = sum(int(word) for word in text.split())
conversation.sendall(str(total).encode())
conversation.close()
listener.close()
