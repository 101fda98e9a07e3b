"""A server on websockets for one client: each message comes back in capitals."""

import asyncio
import sys

from websockets.asyncio.server import serve


async def converse(connection):
    async for message in connection:
        await connection.send(message.upper())
    ended.set()


async def main():
    global ended
    ended = asyncio.Event()
    async with serve(converse, "127.0.0.1", int(sys.argv[1]), ping_interval=None):
        await ended.wait()
    print("served")


asyncio.run(main())
