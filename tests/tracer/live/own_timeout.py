"""A timeout of its own lets the reader go on."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        sock.settimeout(0.8)
        try:
            sock.recv(100)
        except TimeoutError:
            sock.sendall(b"too late")


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        print(sock.recv(100))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
