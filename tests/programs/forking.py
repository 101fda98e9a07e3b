"""A child for each request."""

import socket
import socketserver
import sys


class Upper(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.readline().upper())


def server(port):
    socketserver.ForkingTCPServer.allow_reuse_address = True
    with socketserver.ForkingTCPServer(("127.0.0.1", port), Upper) as served:
        served.handle_request()
        served.handle_request()
    print("served")


def client(port):
    for text in (b"one\n", b"two\n"):
        with socket.create_connection(("127.0.0.1", port)) as sock:
            sock.sendall(text)
            print(sock.recv(100))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
