"""Another thread sends after a while."""

import socket
import sys
import threading


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        threading.Timer(1.0, sock.sendall, (b"later",)).start()
        print(sock.recv(100))


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        print(sock.recv(100))
        sock.sendall(b"answer")


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
