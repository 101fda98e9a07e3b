"""Workers that were forked ahead share a listener: whoever is first accepts."""

import os
import socket
import sys

WORKERS = 3


def serve(listener):
    sock, _ = listener.accept()
    with sock:
        sock.sendall(sock.recv(100).upper())


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        for _ in range(WORKERS):
            if os.fork() == 0:
                serve(listener)
                os._exit(0)
    print(sorted(os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(WORKERS)))


def client(port):
    for number in range(WORKERS):
        with socket.create_connection(("127.0.0.1", port)) as sock:
            sock.sendall(b"work %d" % number)
            print(sock.recv(100))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
