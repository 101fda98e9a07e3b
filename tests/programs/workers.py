"""The work is done by processes: of subprocess at the client, of multiprocessing at the server."""

import multiprocessing
import socket
import subprocess
import sys


def upper(data):
    return data.upper()


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with multiprocessing.get_context("fork").Pool(1) as pool, sock:
        sock.sendall(pool.apply(upper, (sock.recv(100),)))


def client(port):
    word = subprocess.run(["echo", "hello"], capture_output=True, check=True).stdout
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(word)
        print(sock.recv(100))


if __name__ == "__main__":
    {"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
