"""Each fills the other's accept queue, and would accept only then."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port), backlog=0) as listener, listener.accept()[0]:
        fill(port + 1)
        listener.accept()


def client(port):
    listener = socket.create_server(("127.0.0.1", port + 1), backlog=0)
    with listener, socket.create_connection(("127.0.0.1", port)):
        fill(port)
        listener.accept()


def fill(port):
    return [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
