"""A message of many segments and a short answer: ``server HOST PORT`` or ``client HOST PORT``."""

import hashlib
import socket
import sys

role, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
message = bytes(number % 251 for number in range(200_000))

if role == "server":
    with socket.create_server((host, port)) as listener:
        conversation, _ = listener.accept()
    data = b""
    with conversation:
        while len(data) < len(message):
            data += conversation.recv(len(message) - len(data))
        conversation.sendall(hashlib.sha256(data).digest())
    print("received", len(data))
else:
    with socket.create_connection((host, port)) as sock:
        sock.sendall(message)
        answer = b""
        while len(answer) < 32:
            answer += sock.recv(32 - len(answer))
    print("the same" if answer == hashlib.sha256(message).digest() else "something else")
