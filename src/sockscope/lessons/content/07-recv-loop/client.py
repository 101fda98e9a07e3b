"""Sends messages of 16 octets in pieces that have nothing to do with them."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))
sock.sendall(b"Hi the")
sock.sendall(b"re, server" + b"How are ")
sock.sendall(b"you now?" + b"I mus")
sock.close()
