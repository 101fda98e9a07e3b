"""A file of a socket is closed and kept; then the program waits for itself."""

import socket

a, b = socket.socketpair()
kept = a.makefile("rb")
kept.close()
b.recv(1)
