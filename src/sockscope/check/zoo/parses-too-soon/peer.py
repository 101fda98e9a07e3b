"""Sends a number as JSON, on a line of its own."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"271828\r\n")
    print(sock.makefile("rb").read())
