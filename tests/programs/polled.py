"""Waits for any of several sockets, in each of the ways that there are."""

import select
import selectors
import socket
import sys


def by_select(sock):
    select.select([sock], [], [])


def by_poll(sock):
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    poll.poll(20_000)


def by_epoll(sock):
    with select.epoll() as epoll:
        assert isinstance(epoll, select.epoll)
        epoll.register(sock, select.EPOLLIN)
        epoll.poll(timeout=20)


def by_selector(sock):
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        selector.select()


WAYS = (by_select, by_poll, by_epoll, by_selector)


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        by_poll(listener)
        conversation, _ = listener.accept()
    with conversation:
        conversation.setblocking(False)
        for way in WAYS:
            try:
                conversation.recv(1)
            except BlockingIOError:
                print("nothing yet")
            conversation.send(b".")
            way(conversation)
            print(way.__name__, conversation.recv(100))


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        for way in WAYS:
            print(sock.recv(1))
            print(select.select([], [sock], [], 20)[1] == [sock])
            sock.send(way.__name__.encode())


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
