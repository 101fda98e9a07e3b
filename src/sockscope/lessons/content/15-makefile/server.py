"""Sends two lines and a half, and the rest later."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()
conversation, address = listener.accept()
conversation.sendall(b"one\ntwo\nthr")
conversation.sendall(b"ee\n")
conversation.close()
listener.close()
