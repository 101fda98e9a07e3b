"""Tries to claim the server's port too, at one address after another."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060


def claim(address, family=socket.AF_INET):
    try:
        sock = socket.socket(family)
        sock.bind(address)
        print("claimed", address)
        sock.close()
    except OSError as error:
        print("not claimed", address, error)


claim(("127.0.0.1", port))
claim(("127.0.0.2", port))
claim(("0.0.0.0", port))
claim(("::1", port), socket.AF_INET6)
