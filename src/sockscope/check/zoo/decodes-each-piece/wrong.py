"""Decodes each piece, though a character may lie in two."""

import socket
import sys


def receive(sock):
    text = ""
    while part := sock.recv(1024):
        text += part.decode()
    return text


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    text = receive(conversation)
    print(len(text), ascii(text))
    conversation.sendall(f"{len(text)} characters".encode())
