"""Goes on only while what it has is a multiple of the buffer's size."""

import socket
import sys


def receive(sock):
    data = sock.recv(64)
    while data and len(data) % 64 == 0:
        data += sock.recv(64)
    return data


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    message = receive(conversation)
    print(len(message), message)
    conversation.sendall(b"thanks for " + message)
