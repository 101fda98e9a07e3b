"""Three programs in a ring, each of which reads from the one before it."""

import socket
import sys


def main(place, port):
    listener = socket.create_server(("127.0.0.1", port + place))
    if place == 0:
        before, _ = listener.accept()
        after = reach(port + 2)
    else:
        after = reach(port + place - 1)
        before, _ = listener.accept()
    listener.close()
    before.recv(100)
    after.sendall(b"token")


def reach(port):
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            pass


main(int(sys.argv[1]), int(sys.argv[2]))
