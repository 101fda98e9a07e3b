"""One program ends the other's wait by a signal."""

import asyncio
import os
import signal
import socket
import sys
import time


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        sock, _ = listener.accept()
    with sock:
        pid = int(sock.recv(100))
        time.sleep(1.0)
        os.kill(pid, signal.SIGUSR1)


async def until_signal(sock):
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, stop.set)
    sock.sendall(str(os.getpid()).encode())
    await stop.wait()


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        asyncio.run(until_signal(sock))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
