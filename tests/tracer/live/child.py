"""A child sends after a while."""

import os
import socket
import sys
import time


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        if os.fork() == 0:
            time.sleep(1.0)
            sock.send(b"from a child")
            os._exit(0)
        print(sock.recv(100))
        os.wait()


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        print(sock.recv(100))
        sock.sendall(b"answer")


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
