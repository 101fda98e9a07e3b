"""Sends 16 bytes."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"two halves of 8.")
    print(sock.makefile("rb").read())
