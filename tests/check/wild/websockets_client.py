"""A client on websockets: a short message, a long one, and one in parts."""

import sys

from websockets.sync.client import connect

with connect(f"ws://127.0.0.1:{sys.argv[1]}", proxy=None, ping_interval=None) as connection:
    for message in ("some words", "long " * 40, ["three", " small ", "parts"]):
        connection.send(message)
        print(connection.recv())
