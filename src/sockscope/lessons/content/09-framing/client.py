"""Sends one message with its length, one as a line, and one up to the end."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))

message = b"Hello"
sock.sendall(len(message).to_bytes(2, "big") + message)

sock.sendall(b"a line")
sock.sendall(b"\nand then")

sock.sendall(b" the end")
sock.shutdown(socket.SHUT_WR)
try:
    sock.sendall(b"one more")
except BrokenPipeError:
    print("nothing can follow")
sock.close()
