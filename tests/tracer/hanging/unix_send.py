"""Over a Unix socket, each sends more than all buffers hold before it reads."""

import socket
import sys


def server(port):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"\0sockscope-{port}")
        listener.listen()
        sock, _ = listener.accept()
    with sock:
        sock.sendall(b"x" * 5_000_000)


def client(port):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(f"\0sockscope-{port}")
        sock.sendall(b"x" * 5_000_000)


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
