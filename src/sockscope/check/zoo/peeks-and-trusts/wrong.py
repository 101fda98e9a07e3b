"""Peeks at the length, and trusts that the rest is there as well."""

import socket
import sys


def receive(sock):
    length = sock.recv(1, socket.MSG_PEEK)[0]
    return sock.recv(1 + length)[1:]


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    message = receive(conversation)
    print(len(message), message)
    conversation.sendall(b"thanks for " + message)
