"""Serves one small page, slowly."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()

conversation, address = listener.accept()
conversation.recv(4096)
conversation.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")
conversation.sendall(b"ngth: 20\r\n\r\n<h1>It ")
conversation.sendall(b"works!</h1>\r\n")
conversation.recv(4096)
conversation.close()
