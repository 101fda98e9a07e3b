"""A house with a slot in its door."""

import socket
import sys

with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as door:
    slot, _ = door.accept()
    with slot:
        stamp = slot.recv(50)
        card = slot.recv(50)
        slot.send(b"Thanks")
