"""Asks for a page and reads the response in two stages, with nothing but recv()."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))
sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

# Stage one: up to the blank line, and nobody knows how far that is.
received = b""
while b"\r\n\r\n" not in received:
    more = sock.recv(64)
    if not more:
        raise EOFError("the header was cut off")
    received += more
header, _, body = received.partition(b"\r\n\r\n")

# Stage two: as many octets as the header says.
length = 0
for line in header.split(b"\r\n")[1:]:
    name, _, value = line.partition(b":")
    if name.lower() == b"content-length":
        length = int(value)
while len(body) < length:
    more = sock.recv(length - len(body))
    if not more:
        raise EOFError(f"the body was cut off at {len(body)} of {length} octets")
    body += more

print(body)
sock.close()
