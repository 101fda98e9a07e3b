"""Fetches a page with nothing but recv()."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060


def read_header(sock):
    """The header, and what came of the body with it."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += sock.recv(32)
    header, _, rest = data.partition(b"\r\n\r\n")
    return header, rest


sock = socket.socket()
sock.connect(("127.0.0.1", port))
sock.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
header, body = read_header(sock)
missing = int(header.split(b": ")[-1]) - len(body)
while missing:
    more = sock.recv(missing)
    body += more
    missing -= len(more)
print(body)
sock.close()
