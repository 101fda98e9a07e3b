"""Both sides send more than all buffers hold before they read anything."""

import socket
import sys

MUCH = b"x" * 20_000_000


def converse(sock):
    sock.sendall(MUCH)
    while sock.recv(1 << 20):
        pass


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        converse(listener.accept()[0])


def client(port):
    converse(socket.create_connection(("127.0.0.1", port)))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
