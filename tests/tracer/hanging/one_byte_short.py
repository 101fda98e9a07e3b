"""The reader asks for one byte more than was sent."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        data = b""
        while len(data) < 17:
            data += sock.recv(17 - len(data))
        sock.sendall(data)


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"x" * 16)
        sock.recv(100)


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
