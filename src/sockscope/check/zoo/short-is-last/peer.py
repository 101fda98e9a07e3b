"""Sends a text and ends the stream."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"Rain before seven, fine before eleven. " * 2)
    sock.shutdown(socket.SHUT_WR)
    print(sock.makefile("rb").read())
