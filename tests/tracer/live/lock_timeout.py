"""The main thread waits for another one, and gives up after a while."""

import queue
import socket
import sys
import threading


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    read = queue.Queue()
    with sock:
        reader = threading.Thread(target=lambda: read.put(sock.recv(100)))
        reader.start()
        try:
            read.get(timeout=1.0)
        except queue.Empty:
            sock.sendall(b"late")
        reader.join()


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(sock.recv(100))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
