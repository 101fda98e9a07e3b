"""Sends three lines and ends the stream."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"one\r\ntwo\r\nthree\r\n")
    sock.shutdown(socket.SHUT_WR)
    print(sock.makefile("rb").read())
