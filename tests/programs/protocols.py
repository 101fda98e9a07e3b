"""asyncio's protocols at the server, its calls on bare sockets at the client."""

import asyncio
import socket
import sys


class Upper(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data.upper())

    def connection_lost(self, error):
        print("lost", error)
        done.set()


async def serve(port):
    global done
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with await loop.create_server(Upper, "127.0.0.1", port):
        await done.wait()


async def ask(port):
    loop = asyncio.get_running_loop()
    with socket.socket() as sock:
        sock.setblocking(False)
        await loop.sock_connect(sock, ("127.0.0.1", port))
        for word in (b"one", b"two"):
            await loop.sock_sendall(sock, word)
            print(await loop.sock_recv(sock, 100))


def server(port):
    asyncio.run(serve(port))


def client(port):
    asyncio.run(ask(port))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
