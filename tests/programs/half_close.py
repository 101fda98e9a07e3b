"""The client says that it has finished, and still reads the answer to its end."""

import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        conversation, _ = listener.accept()
        with conversation:
            data = b""
            while more := conversation.recv(1024):
                data += more
            conversation.sendall(b"%d octets" % len(data))


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"all that I have to say")
        sock.shutdown(socket.SHUT_WR)
        answer = b""
        while more := sock.recv(1024):
            answer += more
        print(answer)
        try:
            sock.sendall(b"more")
        except BrokenPipeError as error:
            print(error)


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
