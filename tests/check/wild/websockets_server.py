"""A server on websockets: each message comes back in capitals."""

import sys

from websockets.sync.server import serve


def converse(connection):
    for message in connection:
        connection.send(message.upper())


where = "127.0.0.1", int(sys.argv[1])
with serve(converse, *where, server_header=None, ping_interval=None) as server:
    server.serve_forever()
