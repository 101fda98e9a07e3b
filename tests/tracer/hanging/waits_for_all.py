"""MSG_WAITALL waits for more than comes."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        sock.recv(100, socket.MSG_WAITALL)


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"x" * 99)
        sock.recv(100)


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
