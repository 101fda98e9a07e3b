"""Receives datagrams."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", port))
print(sock.recvfrom(100))
print(sock.recvfrom(100))
print(sock.recvfrom(4))
print(sock.recvfrom(100))
print(sock.recvfrom(100))
sock.close()
