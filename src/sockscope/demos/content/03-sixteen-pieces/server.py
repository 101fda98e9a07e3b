"""Receives a message of sixteen octets, however it comes."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()

conversation, address = listener.accept()
message = b""
while len(message) < 16:
    more = conversation.recv(16 - len(message))
    if not more:
        raise EOFError("the message was cut off")
    message += more
print(message)
conversation.close()
