"""TLS over a socket: OpenSSL itself reads and writes below what the program calls."""

import socket
import sys

from certificate import client_context, server_context


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        context = server_context()
        bare, _ = listener.accept()
    with context.wrap_socket(bare, server_side=True) as sock:
        sock.sendall(sock.recv(100).upper())
        print(sock.recv(100))


def client(port):
    bare = socket.create_connection(("127.0.0.1", port))
    with client_context().wrap_socket(bare) as sock:
        sock.sendall(b"secret")
        print(sock.recv(100))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
