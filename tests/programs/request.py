"""Three requests on one connection, each answered before the next."""

import socket
import sys


def server(port):
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(1)
        conversation, _ = listener.accept()
        with conversation:
            while request := conversation.recv(8):
                print("asked", request)
                conversation.send(b"answer to " + request)


def client(port):
    with socket.socket() as sock:
        sock.connect(("127.0.0.1", port))
        for number in range(3):
            sock.send(b"ask %d" % number)
            print("told", sock.recv(100))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
