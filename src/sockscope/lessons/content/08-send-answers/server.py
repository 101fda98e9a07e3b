"""Takes in two clients, and lets them wait before it reads anything."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060


def read_all(sock):
    count = 0
    while data := sock.recv(65536):
        count += len(data)
    return count


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
listener.bind(("127.0.0.1", port))
listener.listen()
first, address = listener.accept()
second, address = listener.accept()

print("second:", read_all(second), "octets")
print("first:", read_all(first), "octets")
second.close()
first.close()
listener.close()
