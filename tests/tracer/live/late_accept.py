"""Clients wait in a queue that is full for a while."""

import socket
import sys
import time


def server(port):
    with socket.create_server(("127.0.0.1", port), backlog=0) as listener:
        time.sleep(1.0)
        for _ in range(3):
            listener.accept()[0].close()


def client(port):
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", port)) as sock:
            sock.recv(100)


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
