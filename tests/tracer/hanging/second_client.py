"""The server answers the first client once there is a second one."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        socks = [listener.accept()[0] for _ in range(2)]
    for sock in socks:
        sock.sendall(b"welcome")


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.recv(100)


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
