"""Strips each piece, and with it blanks from the middle of the text."""

import socket
import sys


def receive(sock):
    text = b""
    while part := sock.recv(1024):
        text += part.strip()
    return text


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    message = receive(conversation)
    print(len(message), message)
    conversation.sendall(b"thanks for " + message)
