"""Sends 16 bytes."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"exactly 16 bytes")
    print(sock.makefile("rb").read())
