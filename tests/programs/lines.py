"""Lines through the files of ``makefile()``."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        conversation, _ = listener.accept()
        with conversation, conversation.makefile("rw", encoding="utf-8", newline="\n") as file:
            for line in file:
                print("line", line.strip())
                file.write(line.upper())
                file.flush()


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        reader, writer = sock.makefile("rb"), sock.makefile("wb", buffering=0)
        for line in (b"first\n", b"second\n"):
            writer.write(line)
            print(reader.readline())
        reader.close()
        writer.close()


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
