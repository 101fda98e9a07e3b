"""Claims an address, listens there, and takes in two clients."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.bind(("127.0.0.1", port))
listener.listen()
first, address = listener.accept()
print("came from", address)
second, address = listener.accept()
print("came from", address)
second.close()
first.close()
listener.close()
