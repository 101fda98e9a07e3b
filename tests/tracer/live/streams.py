"""An asyncio server answers when its timer rings."""

import asyncio
import sys


async def answer(_reader, writer):
    await asyncio.sleep(1.0)
    writer.write(b"now\n")
    writer.close()
    done.set()


async def serve(port):
    global done
    done = asyncio.Event()
    async with await asyncio.start_server(answer, "127.0.0.1", port):
        await done.wait()


async def ask(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    print(await reader.readline())
    writer.close()
    await writer.wait_closed()


def server(port):
    asyncio.run(serve(port))


def client(port):
    asyncio.run(ask(port))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
