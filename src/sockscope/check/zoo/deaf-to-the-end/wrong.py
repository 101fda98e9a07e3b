"""Does not see that the stream has ended, and asks for ever."""

import socket
import sys


def receive(sock):
    data = b""
    while len(data) < 16:
        data += sock.recv(16 - len(data))
    return data


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    message = receive(conversation)
    print(len(message), message)
    conversation.sendall(b"thanks for " + message)
