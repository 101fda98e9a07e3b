"""Keeps the rest of a piece for the next line."""

import socket
import sys


def receive_all(sock):
    data = b""
    while part := sock.recv(1024):
        data += part
    return data


def receive(sock):
    return [line for line in receive_all(sock).split(b"\r\n") if line]


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    for line in receive(conversation):
        print(line)
    conversation.sendall(b"three lines, I hope")
