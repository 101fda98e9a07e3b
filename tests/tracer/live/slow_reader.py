"""The reader takes its time, the sender must wait for it."""

import socket
import sys
import time


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        while sock.recv(1 << 20):
            time.sleep(0.05)


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"x" * 12_000_000)


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
