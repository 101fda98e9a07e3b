"""Sends two messages of 16 bytes each."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"first: 16 bytes.")
    sock.sendall(b"second: also 16.")
    print(sock.makefile("rb").read())
