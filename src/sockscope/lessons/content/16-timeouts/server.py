"""Sends a short message in slow pieces."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()
conversation, address = listener.accept()
conversation.sendall(b"H")
conversation.sendall(b"e")
conversation.sendall(b"l")
conversation.recv(1)
conversation.close()
listener.close()
