"""Counts words until the client has no more, then tells how many."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()

conversation, address = listener.accept()
text = b""
while piece := conversation.recv(1024):
    text += piece
conversation.sendall(b"%d words" % len(text.split()))
conversation.close()
