"""Sends a message of sixteen octets, one at a time."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))

for octet in b"Sixteen letters.":
    sock.send(bytes([octet]))
sock.close()
