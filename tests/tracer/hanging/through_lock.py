"""The main thread waits for another one, which waits for a client that waits for it."""

import queue
import socket
import sys
import threading


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    read = queue.Queue()
    with sock:
        threading.Thread(target=lambda: read.put(sock.recv(100))).start()
        sock.sendall(read.get())


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.recv(100)


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
