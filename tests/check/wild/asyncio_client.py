"""A client on asyncio streams: three messages, one after the other."""

import asyncio
import sys


async def main():
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    for body in (b"one", b"", b"some\nlines\n"):
        writer.write(b"%d\n%b" % (len(body), body))
        await writer.drain()
        print(await reader.readexactly(int(await reader.readline())))
    writer.close()
    await writer.wait_closed()


asyncio.run(main())
