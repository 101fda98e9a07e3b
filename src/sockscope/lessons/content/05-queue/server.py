"""Listens, and takes its time before it takes anybody in."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen(1)

conversation, address = listener.accept()
print(conversation.recv(100))
conversation.close()
listener.close()
