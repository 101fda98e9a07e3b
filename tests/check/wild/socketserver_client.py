"""Has several conversations at a time."""

import socket
import sys
from concurrent.futures import ThreadPoolExecutor


def ask(number):
    address = "127.0.0.1", int(sys.argv[1])
    with socket.create_connection(address) as sock, sock.makefile("rwb") as file:
        file.write(b"item %d\n" % number)
        file.flush()
        return file.readline()


with ThreadPoolExecutor(4) as pool:
    print(list(pool.map(ask, range(8))))
