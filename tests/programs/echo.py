"""Gives back what comes, until nothing comes any more."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        conversation, _ = listener.accept()
        with conversation:
            while data := conversation.recv(4096):
                conversation.sendall(data)


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        for text in (b"one", b"two", b"x" * 3000):
            sock.sendall(text)
            back = b""
            while len(back) < len(text):
                back += sock.recv(4096)
            print(back == text, len(back))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
