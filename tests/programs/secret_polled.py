"""TLS over sockets that never block: each call may have to be made again."""

import select
import socket
import ssl
import sys

from certificate import client_context, server_context


def again(sock, call, *args):
    while True:
        try:
            return call(*args)
        except ssl.SSLWantReadError:
            select.select([sock], [], [])
        except ssl.SSLWantWriteError:
            select.select([], [sock], [])


def wrapped(context, bare, **options):
    bare.setblocking(False)
    sock = context.wrap_socket(bare, do_handshake_on_connect=False, **options)
    again(sock, sock.do_handshake)
    return sock


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        context = server_context()
        bare, _ = listener.accept()
    sock = wrapped(context, bare, server_side=True)
    print(again(sock, sock.recv, 100))
    print(again(sock, sock.send, b"SECRET"))
    again(sock, sock.unwrap).close()


def client(port):
    bare = socket.create_connection(("127.0.0.1", port))
    sock = wrapped(client_context(), bare)
    print(again(sock, sock.send, b"secret"))
    print(again(sock, sock.recv, 100))
    again(sock, sock.unwrap).close()


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
