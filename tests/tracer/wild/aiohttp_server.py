"""aiohttp's server: a page, a form, and a web socket whose end is its own end."""

import asyncio
import sys

from aiohttp import WSMsgType, web


async def page(request):
    return web.Response(text=request.query.get("name", "a page"))


async def form(request):
    return web.json_response(dict(await request.post()))


async def converse(request):
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await socket.send_str(message.data.upper())
    ended.set()
    return socket


async def main():
    global ended
    ended = asyncio.Event()
    application = web.Application()
    application.add_routes([web.get("/", page), web.post("/", form), web.get("/ws", converse)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
    await ended.wait()
    await runner.cleanup()
    print("served")


asyncio.run(main())
