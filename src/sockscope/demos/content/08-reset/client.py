"""Sends more than the server wants to hear."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))

sock.sendall(b"HELLO there, are you busy?")
try:
    print(sock.recv(64))
except ConnectionResetError as error:
    print(error)
try:
    sock.send(b"Hello?")
except BrokenPipeError as error:
    print(error)
sock.close()
