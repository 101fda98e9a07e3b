"""Connects and says its name at once."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060
name = sys.argv[2] if len(sys.argv) > 2 else "somebody"

sock = socket.socket()
sock.connect(("127.0.0.1", port))
sock.sendall(b"I am " + name.encode())
sock.close()
