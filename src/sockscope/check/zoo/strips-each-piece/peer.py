"""Sends a text and ends the stream."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"many a blank may be lost in here\n")
    sock.shutdown(socket.SHUT_WR)
    print(sock.makefile("rb").read())
