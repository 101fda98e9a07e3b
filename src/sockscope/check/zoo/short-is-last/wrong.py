"""Takes a recv() that gives less than it asked for to be the last."""

import socket
import sys


def receive(sock):
    data = b""
    while True:
        part = sock.recv(32)
        data += part
        if len(part) < 32:
            return data


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    message = receive(conversation)
    print(len(message), message)
    conversation.sendall(b"thanks for " + message)
