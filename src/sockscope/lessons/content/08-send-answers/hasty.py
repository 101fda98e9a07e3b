"""Sends more than fits, and will not wait."""

import errno
import socket
import sys

MUCH = bytes(100_000)

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
sock.connect(("127.0.0.1", port))
sock.send(b"Hello")

sock.setblocking(False)
try:
    while True:
        print("took", sock.send(MUCH))
except BlockingIOError as error:
    print("refused:", errno.errorcode[error.errno])
sock.close()
