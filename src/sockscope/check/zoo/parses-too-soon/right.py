"""Reads to the end of the line, then parses."""

import json
import socket
import sys


def receive_line(sock):
    data = b""
    while not data.endswith(b"\r\n"):
        part = sock.recv(1)
        if not part:
            raise EOFError("the stream ended in the middle of a line")
        data += part
    return data[:-2]


def receive(sock):
    return json.loads(receive_line(sock))


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    number = receive(conversation)
    print(number)
    conversation.sendall(f"{number + 1}".encode())
