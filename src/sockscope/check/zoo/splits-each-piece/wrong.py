"""Splits each piece into lines, though a line may lie in two."""

import socket
import sys


def receive(sock):
    lines = []
    while part := sock.recv(1024):
        lines += [line for line in part.split(b"\r\n") if line]
    return lines


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    for line in receive(conversation):
        print(line)
    conversation.sendall(b"three lines, I hope")
