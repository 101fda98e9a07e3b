"""Decodes the whole."""

import socket
import sys


def receive_all(sock):
    data = b""
    while part := sock.recv(1024):
        data += part
    return data


def receive(sock):
    return receive_all(sock).decode()


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    text = receive(conversation)
    print(len(text), ascii(text))
    conversation.sendall(f"{len(text)} characters".encode())
