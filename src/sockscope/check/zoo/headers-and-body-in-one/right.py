"""Reads the headers line by line, then Content-Length bytes."""

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


def receive_exactly(sock, count):
    data = b""
    while len(data) < count:
        part = sock.recv(count - len(data))
        if not part:
            raise EOFError(f"the stream ended after {len(data)} of {count} bytes")
        data += part
    return data


def receive(sock):
    lines = list(iter(lambda: receive_line(sock), b""))
    lengths = [
        line.partition(b":")[2] for line in lines if line.lower().startswith(b"content-length:")
    ]
    return b"\r\n".join(lines), receive_exactly(sock, int(lengths[0]))


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
with listener, conversation:
    head, body = receive(conversation)
    print(head.split(b"\r\n")[0], body)
    conversation.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
