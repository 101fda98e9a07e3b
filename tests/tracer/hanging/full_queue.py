"""Nobody accepts: the one who would waits for a client that waits for it."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port), backlog=0) as listener:
        sock, _ = listener.accept()
        sock.recv(100)


def client(port):
    socks = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
    socks[0].sendall(b"never sent")


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
