"""A postman who brings a stamp and a card, and waits for thanks."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as door:
    door.send(b"!")
    door.send(b"Dear all")
    print(door.recv(50).decode())
