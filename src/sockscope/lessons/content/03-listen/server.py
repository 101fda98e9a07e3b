"""Listens, and then tries what a listening socket can no longer do."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060


def attempt(method, *args):
    try:
        print(method.__name__, "gave", method(*args))
    except OSError as error:
        print(method.__name__, "failed:", error)


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen(1)

attempt(listener.recv, 16)
attempt(listener.send, b"Is anybody there?")
attempt(listener.connect, ("127.0.0.1", port))
listener.listen(5)

conversation, address = listener.accept()
attempt(listener.recv, 16)
conversation.sendall(b"Hello")
conversation.close()
listener.close()
