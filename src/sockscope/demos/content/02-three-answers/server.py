"""Reads a postcard, eight octets at a time."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()

conversation, address = listener.accept()
piece = conversation.recv(8)
while piece:
    print(piece)
    piece = conversation.recv(8)
conversation.close()
