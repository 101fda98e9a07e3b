"""The server is started again, and wants its address back."""

import socket
import sys


def claim(port, reuse):
    sock = socket.socket()
    if reuse:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(("127.0.0.1", port))
        print(port, "is mine")
    except OSError as error:
        print(port, error)
    sock.close()


old_port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060
other_port = int(sys.argv[2]) if len(sys.argv) > 2 else 1061
claim(old_port, reuse=False)
claim(old_port, reuse=True)
claim(other_port, reuse=True)
