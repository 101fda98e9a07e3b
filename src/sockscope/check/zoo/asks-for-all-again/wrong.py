"""Asks for the full length again, and takes the beginning of the next message."""

import socket
import sys


def receive(sock, count):
    data = b""
    while len(data) < count:
        part = sock.recv(count)
        if not part:
            break
        data += part
    return data


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    for _ in range(2):
        message = receive(conversation, 16)
        print(len(message), message)
    conversation.sendall(b"got both")
