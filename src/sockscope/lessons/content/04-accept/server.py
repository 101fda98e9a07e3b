"""Talks with two clients at one port, each through a socket of its own."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()

first, address = listener.accept()
print("it came from", address)
print("listener", listener.getsockname())
print("my end  ", first.getsockname())
print("its end ", first.getpeername())

second, address = listener.accept()
print("second: ", second.recv(100))
print("first:  ", first.recv(100))

listener.close()
first.sendall(b"Good-bye, first")
second.sendall(b"Good-bye, second")
second.close()
first.close()
