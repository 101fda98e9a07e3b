"""Sends a length of one byte, then so many bytes."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"\x12" + b"a body of 18 bytes")
    print(sock.makefile("rb").read())
