"""TLS in asyncio: OpenSSL sees no socket, the event loop carries what it is given."""

import asyncio
import socket
import sys

from certificate import client_context, server_context


async def answer(reader, writer):
    writer.write((await reader.readline()).upper())
    await writer.drain()
    print(await reader.read())
    writer.close()
    await writer.wait_closed()
    done.set()


async def serve(port):
    global done
    done = asyncio.Event()
    listener = socket.create_server(("127.0.0.1", port))
    async with await asyncio.start_server(answer, sock=listener, ssl=server_context()):
        await done.wait()


async def ask(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client_context())
    writer.write(b"secret\n")
    print(await reader.readline())
    writer.close()
    await writer.wait_closed()


asyncio.run({"server": serve, "client": ask}[sys.argv[1]](int(sys.argv[2])))
