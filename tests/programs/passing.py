"""A socket goes from hand to hand: send_fds and recv_fds over a Unix pair."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        conversation, _ = listener.accept()
    here, there = socket.socketpair()
    with here, there:
        with conversation:
            socket.send_fds(here, [b"take this"], [conversation.fileno()])
        _, fds, _, _ = socket.recv_fds(there, 100, 1)
    with socket.socket(fileno=fds[0]) as taken:
        taken.sendall(taken.recv(100).upper())


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"hello")
        print(sock.recv(100))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
