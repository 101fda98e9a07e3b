"""Sends a text of unknown length, and wants to know how many words it has."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))

sock.sendall(b"the quick brown fox ")
sock.sendall(b"jumps")
sock.shutdown(socket.SHUT_WR)
print(sock.recv(1024))
sock.close()
