"""A web server for one request; it sends its response in pieces, as busy ones do."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()
conversation, address = listener.accept()

request = b""
while b"\r\n\r\n" not in request:
    request += conversation.recv(1024)

conversation.sendall(b"HTTP/1.1 200 OK\r\nContent-")
conversation.sendall(b"Length: 26\r\n\r\nabcdefg")
conversation.sendall(b"hijklmnopqrst")
conversation.sendall(b"uvwxyz")
conversation.recv(1)
conversation.close()
listener.close()
