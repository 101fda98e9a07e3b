"""Sends a length of 4 bytes, then so many bytes."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(len(b"x" * 300).to_bytes(4, "big") + b"x" * 300)
    print(sock.makefile("rb").read())
