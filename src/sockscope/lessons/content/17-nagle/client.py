"""Sends requests in two small pieces, with Nagle's algorithm and without."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))


def ask():
    sock.send(b"first part")
    sock.send(b"and second")
    sock.recv(1)


ask()
ask()
ask()
sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
ask()
ask()
sock.close()
