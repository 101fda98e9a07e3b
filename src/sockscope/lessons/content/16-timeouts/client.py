"""Makes the same call with each of the three settings."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

sock = socket.socket()
sock.connect(("127.0.0.1", port))

sock.setblocking(False)
try:
    sock.recv(100)
except BlockingIOError:
    print("not now")

sock.settimeout(0.5)
try:
    sock.recv(100)
except TimeoutError:
    print("too late")

sock.settimeout(None)
message = sock.recv(100)

sock.settimeout(30)
while len(message) < 3:
    message += sock.recv(100)
print(message)
sock.close()
