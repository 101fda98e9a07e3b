"""The server closes with octets unread, so that the client's connection is reset."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        conversation, _ = listener.accept()
        print(conversation.recv(4))
        conversation.close()


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"ten octets")
        try:
            sock.recv(100)
        except ConnectionResetError as error:
            print(error.errno, error)
        print(sock.recv(100))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
