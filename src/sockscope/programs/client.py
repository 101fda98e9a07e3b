"""Sends one message of 16 octets in two pieces, and reads the answer."""

import socket
import sys

LENGTH = 16

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))
print("my name", sock.getsockname())

sock.sendall(b"Hi the")
sock.sendall(b"re, server")

reply = b""
while len(reply) < LENGTH:
    more = sock.recv(LENGTH - len(reply))
    if not more:
        raise EOFError(f"{len(reply)} of {LENGTH} octets came")
    reply += more
print("it says", reply)
sock.close()
