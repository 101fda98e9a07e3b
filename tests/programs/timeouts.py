"""Waits only so long for something that does not come."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        listener.settimeout(20)
        conversation, _ = listener.accept()
        print("no timeout is inherited:", conversation.gettimeout())
        print(conversation.recv(100))
        conversation.close()


def client(port):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
        sock.settimeout(0.05)
        try:
            sock.recv(100)
        except TimeoutError as error:
            print(type(error), error, error.errno)
        sock.settimeout(20)
        sock.sendall(b"good bye")
        print(sock.recv(100))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
