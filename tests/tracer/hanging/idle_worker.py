"""Two asyncio programs read first; each has a worker thread that is idle."""

import asyncio
import socket
import sys


async def serve(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    await talk(*await asyncio.open_connection(sock=sock))


async def talk(reader, _writer):
    await asyncio.to_thread(sum, [1])
    await reader.readline()


async def connect(port):
    await talk(*await asyncio.open_connection("127.0.0.1", port))


def server(port):
    asyncio.run(serve(port))


def client(port):
    asyncio.run(connect(port))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
