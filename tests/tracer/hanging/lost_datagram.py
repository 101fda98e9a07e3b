"""The answer is awaited to a datagram that came before anybody was there."""

import socket
import sys


def server(port):
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", port))
        sock.recvfrom(100)


def client(port):
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.sendto(b"hello", ("127.0.0.1", port + 1))
        sock.recvfrom(100)


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
