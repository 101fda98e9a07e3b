"""A client on websockets: a short message, a long one, and one in parts."""

import asyncio
import sys

from websockets.asyncio.client import connect


async def main():
    where = f"ws://127.0.0.1:{sys.argv[1]}"
    async with connect(where, proxy=None, ping_interval=None) as connection:
        for message in ("some words", "long " * 40, ["three", " small ", "parts"]):
            await connection.send(message)
            print(await connection.recv())


asyncio.run(main())
