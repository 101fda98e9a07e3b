"""SO_RCVLOWAT asks for more than comes."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 20)
        sock.recv(100)


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"hello")
        sock.recv(100)


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
