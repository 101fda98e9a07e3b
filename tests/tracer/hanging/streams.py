"""Two asyncio programs read first."""

import asyncio
import socket
import sys


async def talk(reader, _writer):
    await reader.readline()


async def connect(port):
    await talk(*await asyncio.open_connection("127.0.0.1", port))


async def serve(port):
    listener = socket.create_server(("127.0.0.1", port))
    sock, _ = listener.accept()
    listener.close()
    await talk(*await asyncio.open_connection(sock=sock))


def server(port):
    asyncio.run(serve(port))


def client(port):
    asyncio.run(connect(port))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
