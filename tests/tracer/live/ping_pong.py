"""Both wait for each other, a thousand times in turn."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        while data := sock.recv(100):
            sock.sendall(data)


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        for _ in range(1000):
            sock.sendall(b"ping")
            assert sock.recv(100)


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
