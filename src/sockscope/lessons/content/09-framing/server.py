"""Reads three messages, whose ends are found in three different ways."""

import socket
import sys


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

# 1. The length comes first: two octets, the larger one first.
length = int.from_bytes(recv_exactly(conversation, 2), "big")
print("by length:", recv_exactly(conversation, length))

# 2. A delimiter ends it: here the end of a line.
buffer = b""
while b"\n" not in buffer:
    more = conversation.recv(64)
    if not more:
        raise EOFError("the line was cut off")
    buffer += more
line, _, rest = buffer.partition(b"\n")
print("by delimiter:", line)

# 3. The end of the stream ends it.
while more := conversation.recv(64):
    rest += more
print("by the end:", rest)
conversation.close()
listener.close()
