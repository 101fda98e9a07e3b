"""Sends far more than both buffers hold."""

import socket
import sys

sock = socket.socket()
sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2048)
sock.connect(("127.0.0.1", int(sys.argv[1])))
sock.sendall(b"All work and no play. " * 4000)
