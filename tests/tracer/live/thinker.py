"""The sender computes for a while."""

import socket
import sys
import time


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        print(sock.recv(100))


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        end = time.monotonic() + 1
        while time.monotonic() < end:
            pass
        sock.sendall(b"thought")


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
