"""Posts a form over HTTP."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(
        b"POST /weather HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15\r\n\r\nplace=Z%C3%BCri"
    )
    print(sock.makefile("rb").read())
