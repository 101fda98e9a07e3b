"""Looks in everything that it has."""

import socket
import sys


def receive(sock):
    data = b""
    while b"\r\n" not in data:
        part = sock.recv(1024)
        if not part:
            raise EOFError("the stream ended in the middle of a line")
        data += part
    return data


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    message = receive(conversation)
    print(len(message), message)
    conversation.sendall(b"thanks for " + message)
