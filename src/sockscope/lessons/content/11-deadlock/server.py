"""Waits to be spoken to; then answers at length before it has read everything."""

import socket
import sys

MUCH = bytes(200_000)

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
listener.bind(("127.0.0.1", port))
listener.listen()
conversation, address = listener.accept()

conversation.recv(100)
conversation.sendall(MUCH)
conversation.recv(100)
conversation.close()
listener.close()
