"""A server on asyncio streams: lines, and bodies after their length."""

import asyncio
import sys


async def converse(reader, writer):
    while line := await reader.readline():
        body = await reader.readexactly(int(line))
        writer.write(b"%d\n%b" % (len(body), body.upper()))
        await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(converse, "127.0.0.1", int(sys.argv[1]))
    async with server:
        await server.serve_forever()


asyncio.run(main())
