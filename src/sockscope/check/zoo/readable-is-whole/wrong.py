"""Waits until the socket is readable, and takes that for a whole message."""

import select
import socket
import sys


def receive(sock):
    select.select([sock], [], [])
    return sock.recv(1024)


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    message = receive(conversation)
    print(len(message), message)
    conversation.sendall(b"thanks for " + message)
