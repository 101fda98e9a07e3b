"""One thread serves all clients, by a selector."""

import selectors
import socket
import sys

CLIENTS = 3


def server(port):
    served = 0
    with selectors.DefaultSelector() as selector, socket.create_server(("127.0.0.1", port)) as door:
        selector.register(door, selectors.EVENT_READ)
        while served < CLIENTS:
            for key, _ in selector.select():
                if key.fileobj is door:
                    conversation, _ = door.accept()
                    conversation.setblocking(False)
                    selector.register(conversation, selectors.EVENT_READ)
                elif data := key.fileobj.recv(1024):
                    key.fileobj.send(data.upper())
                else:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
                    served += 1
    print("served", served)


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"hello")
        print(sock.recv(100))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
