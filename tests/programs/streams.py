"""asyncio's streams, on both sides."""

import asyncio
import sys


async def answer(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()
    await writer.wait_closed()
    done.set()


async def serve(port):
    global done
    done = asyncio.Event()
    async with await asyncio.start_server(answer, "127.0.0.1", port):
        await done.wait()
    print("served")


async def ask(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for word in (b"one\n", b"two\n"):
        writer.write(word)
        print(await reader.readline())
    writer.write_eof()
    print(await reader.read())
    writer.close()
    await writer.wait_closed()


def server(port):
    asyncio.run(serve(port))


def client(port):
    asyncio.run(ask(port))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
