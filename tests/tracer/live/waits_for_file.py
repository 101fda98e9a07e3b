"""What ends the wait comes from neither socket."""

import os
import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        os.read(os.popen("sleep 1; echo now").fileno(), 10)
        sock.sendall(b"now")


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        print(sock.recv(100))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
