"""Sends a length of 4 bytes, then so many bytes."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(len(b"a body of its own").to_bytes(4, "big") + b"a body of its own")
    print(sock.makefile("rb").read())
