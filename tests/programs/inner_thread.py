"""Two threads in calls of their own, and sends with a timeout that come too late."""

import socket
import threading

listener = socket.create_server(("127.0.0.1", 0))
a = socket.create_connection(listener.getsockname())
b, _ = listener.accept()
a.settimeout(0.1)
try:
    a.sendall(b"x" * 30_000_000)
except TimeoutError as error:
    print(type(error).__name__, error, error.errno)
a.setblocking(False)
try:
    while True:
        a.send(b"y" * 100_000)
except BlockingIOError as error:
    print(error)
a.close()
got = []


def read():
    while data := b.recv(1 << 20):
        got.append(len(data))


reader = threading.Thread(target=read, name="reader")
reader.start()
reader.join()
print(sum(got) > 1_000_000)
