"""Each sends more than all buffers hold before it reads."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        sock.sendall(b"x" * 20_000_000)
        sock.recv(1)


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"x" * 20_000_000)
        sock.recv(1)


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
