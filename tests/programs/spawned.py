"""Processes of multiprocessing: the server serves in spawned ones, the client asks from another."""

import multiprocessing
import socket
import sys


def serve(sock):
    with sock:
        sock.sendall(sock.recv(100).upper())


def ask(port, text):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(text)
        return sock.recv(100)


def server(port):
    context = multiprocessing.get_context("spawn")
    with socket.create_server(("127.0.0.1", port)) as listener:
        for _ in range(2):
            sock, _ = listener.accept()
            worker = context.Process(target=serve, args=(sock,))
            worker.start()
            sock.close()
            worker.join()
            print(worker.exitcode)


def client(port):
    pool = multiprocessing.get_context("forkserver").Pool(1)
    for text in (b"one", b"two"):
        print(pool.apply(ask, (port, text)))
    pool.close()
    pool.join()


if __name__ == "__main__":
    {"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
