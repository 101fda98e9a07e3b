"""Takes what can be parsed for the whole: 1 is a number, and so is 12."""

import json
import socket
import sys


def receive(sock):
    data = b""
    while True:
        data += sock.recv(1024)
        try:
            return json.loads(data)
        except ValueError:
            continue


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    number = receive(conversation)
    print(number)
    conversation.sendall(f"{number + 1}".encode())
