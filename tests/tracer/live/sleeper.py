"""The sender sleeps between its messages."""

import socket
import sys
import time


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        while sock.recv(100):
            pass


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        for _ in range(3):
            time.sleep(0.4)
            sock.sendall(b".")


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
