"""Reads messages of 16 octets, in however many pieces they come."""

import socket
import sys

LENGTH = 16


def recv_exactly(sock, length):
    data = b""
    while len(data) < length:
        more = sock.recv(length - len(data))
        if not more:
            raise EOFError(f"{len(data)} of {length} octets came")
        data += more
    return data


port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()
conversation, address = listener.accept()

try:
    while True:
        print(recv_exactly(conversation, LENGTH))
except EOFError as error:
    print("cut off:", error)
conversation.close()
listener.close()
