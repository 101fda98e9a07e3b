"""Dies of an error of a socket."""

import atexit
import socket

atexit.register(print, "at exit")


def main():
    try:
        socket.create_connection(("127.0.0.1", 1))
    except OSError:
        socket.socket().recv(1)


main()
