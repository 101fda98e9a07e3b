"""Connects three times: too early, without bind(), and after bind()."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060
own_port = int(sys.argv[2]) if len(sys.argv) > 2 else 1061

early = socket.socket()
try:
    early.connect(("127.0.0.1", port))
except ConnectionRefusedError as error:
    print("too early:", error)
early.close()

anybody = socket.socket()
anybody.connect(("127.0.0.1", port))

somebody = socket.socket()
somebody.bind(("127.0.0.2", own_port))
somebody.connect(("127.0.0.1", port))

somebody.close()
anybody.close()
