"""Sends numbers, says that there are no more, and reads the sum."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))
sock.sendall(b"20 22")
sock.shutdown(socket.SHUT_WR)

try:
    sock.sendall(b" 1")
except BrokenPipeError:
    print("I said that I was done")
print("the sum is", sock.recv(100))
print("and then", sock.recv(100))
sock.close()
