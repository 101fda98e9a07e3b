"""The client waits for a signal, and nothing else."""

import asyncio
import signal
import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        sock.recv(100)


async def until_signal():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, stop.set)
    await stop.wait()


def client(port):
    with socket.create_connection(("127.0.0.1", port)):
        asyncio.run(until_signal())


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
