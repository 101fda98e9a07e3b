"""Sends three times, then a fourth, and hangs up."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))
sock.sendall(b"Good morning, server!")
sock.sendall(b"One ")
sock.sendall(b"two")
sock.close()
