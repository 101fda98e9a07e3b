"""Sends a postcard in one call."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))

sock.sendall(b"Wish you were here")
sock.close()
