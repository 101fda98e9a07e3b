"""Sends datagrams, and one into the void."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060
nobody = int(sys.argv[2]) if len(sys.argv) > 2 else 1061

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"One ", ("127.0.0.1", port))
sock.sendto(b"two", ("127.0.0.1", port))
sock.sendto(b"Good morning", ("127.0.0.1", port))
sock.sendto(b"evening", ("127.0.0.1", port))
sock.sendto(b"", ("127.0.0.1", port))
sock.sendto(b"Is anybody there?", ("127.0.0.1", nobody))
sock.close()
