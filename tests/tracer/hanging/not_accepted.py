"""Each waits for an answer to a request that lies in the other's accept queue."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener, listener.accept()[0]:
        ask(port + 1)
        listener.accept()


def client(port):
    listener = socket.create_server(("127.0.0.1", port + 1))
    with listener, socket.create_connection(("127.0.0.1", port)):
        ask(port)
        listener.accept()


def ask(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"request")
        sock.recv(100)


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
