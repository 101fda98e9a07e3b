"""Looks for the end of the line in the last piece alone."""

import socket
import sys


def receive(sock):
    data = part = sock.recv(1024)
    while part and b"\r\n" not in part:
        part = sock.recv(1024)
        data += part
    return data


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    message = receive(conversation)
    print(len(message), message)
    conversation.sendall(b"thanks for " + message)
