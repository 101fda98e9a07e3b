"""Says its name and is greeted."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060
name = sys.argv[2] if len(sys.argv) > 2 else "somebody"

sock = socket.socket()
sock.connect(("127.0.0.1", port))
sock.sendall(name.encode())
print(sock.recv(64))
sock.close()
