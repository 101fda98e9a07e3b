"""select() waits for what already lies in Python's own buffer."""

import select
import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        reader = sock.makefile("rb")
        for _ in range(2):
            select.select([sock], [], [])
            reader.readline()
        sock.sendall(b"done")


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"one\ntwo\n")
        sock.recv(100)


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
