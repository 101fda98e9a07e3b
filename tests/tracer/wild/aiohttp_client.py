"""aiohttp's client: two requests on one connection, then a web socket."""

import asyncio
import sys

import aiohttp


async def main():
    async with aiohttp.ClientSession(f"http://127.0.0.1:{sys.argv[1]}") as session:
        async with session.get("/", params={"name": "someone"}) as answer:
            print(await answer.text())
        async with session.post("/", data={"some": "words"}) as answer:
            print(await answer.json())
        async with session.ws_connect("/ws") as socket:
            for words in ("some words", "long " * 40):
                await socket.send_str(words)
                print((await socket.receive()).data)


asyncio.run(main())
