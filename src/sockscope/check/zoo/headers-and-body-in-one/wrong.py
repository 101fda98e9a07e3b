"""Takes one recv() for headers and body."""

import socket
import sys


def receive(sock):
    request = sock.recv(4096)
    head, _, body = request.partition(b"\r\n\r\n")
    return head, body


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    head, body = receive(conversation)
    print(head.split(b"\r\n")[0], body)
    conversation.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
