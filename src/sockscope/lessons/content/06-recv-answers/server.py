"""Receives four times from a client that sends when it likes."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()
conversation, address = listener.accept()

print(conversation.recv(16))
print(conversation.recv(16))
print(conversation.recv(16))
print(conversation.recv(16))
conversation.close()
listener.close()
