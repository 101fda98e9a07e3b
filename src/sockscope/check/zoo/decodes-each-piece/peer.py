"""Sends a text in UTF-8 and ends the stream."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall("Gr\u00fc\u00dfe aus K\u00f6ln \u2014 \u20ac 5".encode())
    sock.shutdown(socket.SHUT_WR)
    print(sock.makefile("rb").read())
