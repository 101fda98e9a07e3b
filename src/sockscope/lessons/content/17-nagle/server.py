"""Reads requests of two pieces, and answers each with one octet."""

import socket
import sys

REQUEST = 20

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()
conversation, address = listener.accept()

count = 0
while more := conversation.recv(1024):
    count += len(more)
    while count >= REQUEST:
        count -= REQUEST
        conversation.sendall(b"!")
conversation.close()
listener.close()
