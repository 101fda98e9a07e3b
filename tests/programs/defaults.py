"""A default timeout is for new sockets only."""

import os
import socket

listener = socket.create_server(("127.0.0.1", 0))
a = socket.create_connection(listener.getsockname())
b, _ = listener.accept()
socket.setdefaulttimeout(30)
a.send(b"one")
print(b.recv(10), b.gettimeout(), os.get_blocking(b.fileno()))
a.shutdown(socket.SHUT_WR)
print(b.recv(10), os.get_blocking(a.fileno()), os.get_blocking(listener.fileno()))
c = socket.socket()
print(c.gettimeout(), os.get_blocking(c.fileno()), os.get_blocking(b.fileno()))
print(socket.getdefaulttimeout(), b.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
