"""A program waits for what only itself could send."""

import socket

here, there = socket.socketpair()
here.recv(100)
there.sendall(b"never sent")
