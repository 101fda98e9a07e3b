"""As many recv() calls as the line takes."""

import socket
import sys


def receive(sock):
    data = b""
    while not data.endswith(b"\r\n"):
        part = sock.recv(1)
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
