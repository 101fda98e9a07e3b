"""Answers one fixed-length message: 16 octets in, 16 octets out."""

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
listener.listen(1)
print("listening at", listener.getsockname())

conversation, client = listener.accept()
print("accepted from", client)
print("my name", conversation.getsockname())
print("its name", conversation.getpeername())

message = recv_exactly(conversation, LENGTH)
print("it says", message)
conversation.sendall(b"Farewell, client")
conversation.close()
listener.close()
