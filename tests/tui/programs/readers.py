"""Three threads that read, and the main one that sends to the second of them."""

import socket
import threading

pairs = [socket.socketpair() for _ in range(3)]
threads = [
    threading.Thread(target=ours.recv, args=(16,), name=f"reader-{number}")
    for number, (ours, _) in enumerate(pairs, 1)
]
for thread in threads:
    thread.start()
for _, theirs in pairs:
    theirs.send(b"Hi there")
for thread in threads:
    thread.join()
