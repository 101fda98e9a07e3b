"""Sends one line and waits."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"The weather is fine today, thank you.\r\n")
    print(sock.makefile("rb").read())
