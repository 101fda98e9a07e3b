"""Connects to a port where nobody listens."""

import socket
import sys

sock = socket.socket()
try:
    sock.connect(("127.0.0.1", int(sys.argv[1])))
except ConnectionRefusedError as error:
    print(error)
sock.close()
