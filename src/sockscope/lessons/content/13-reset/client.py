"""Sends to a server that has gone, and reads from one that left in a hurry."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

first = socket.socket()
first.connect(("127.0.0.1", port))
first.send(b"Are you there?")
try:
    first.send(b"Hello?")
except OSError as error:
    print(error)
first.close()

second = socket.socket()
second.connect(("127.0.0.1", port))
second.send(b"Please send me everything")
print(second.recv(100))
try:
    print(second.recv(100))
except OSError as error:
    print(error)
print(second.recv(100))
second.close()
