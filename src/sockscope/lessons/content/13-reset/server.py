"""Hangs up on two clients: politely on the first, and on the second while it talks."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()

first, address = listener.accept()
first.close()

second, address = listener.accept()
second.sendall(b"The first half")
second.close()
listener.close()
