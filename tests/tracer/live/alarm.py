"""A signal lets the server go on."""

import signal
import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:

        def ring(*_):
            sock.sendall(b"ring")
            raise SystemExit

        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, 1.0)
        sock.recv(100)


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        print(sock.recv(100))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
