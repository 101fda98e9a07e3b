"""Only an empty recv() is the last."""

import socket
import sys


def receive(sock):
    data = b""
    while part := sock.recv(1024):
        data += part
    return data


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    message = receive(conversation)
    print(len(message), message)
    conversation.sendall(b"thanks for " + message)
