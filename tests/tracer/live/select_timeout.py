"""A timeout of select() lets the server go on."""

import select
import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        print(select.select([sock], [], [], 0.8))
        sock.sendall(b"go on")


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        print(sock.recv(100))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
