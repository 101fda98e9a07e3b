"""A server's first life, twice: without SO_REUSEADDR at one port, with it at another."""

import socket
import sys


def serve(port, reuse):
    listener = socket.socket()
    if reuse:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    conversation, _address = listener.accept()
    conversation.close()
    listener.close()


serve(int(sys.argv[1]) if len(sys.argv) > 1 else 1060, reuse=False)
serve(int(sys.argv[2]) if len(sys.argv) > 2 else 1061, reuse=True)
