"""uvicorn, with an ASGI application of our own: it says what it was sent, and ends when told."""

import sys

import uvicorn


async def application(scope, receive, send):
    body, more = b"", True
    while more:
        message = await receive()
        body += message["body"]
        more = message["more_body"]
    words = b"%s %s %d" % (scope["method"].encode(), scope["path"].encode(), len(body))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": words + b"\n", "more_body": True})
    await send({"type": "http.response.body", "body": body.upper()})
    server.should_exit = scope["path"] == "/end"


config = uvicorn.Config(
    application,
    port=int(sys.argv[1]),
    lifespan="off",
    log_level="error",
    date_header=False,
)
server = uvicorn.Server(config)
server.run()
print("served")
