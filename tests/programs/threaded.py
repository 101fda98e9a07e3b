"""A thread for each of three clients."""

import socket
import sys
import threading

CLIENTS = 3


def serve(conversation, answers):
    with conversation:
        data = b""
        while more := conversation.recv(1024):
            data += more
        answers.append(data)
        conversation.sendall(data.upper())


def server(port):
    answers = []
    with socket.create_server(("127.0.0.1", port)) as listener:
        threads = []
        for _ in range(CLIENTS):
            conversation, _ = listener.accept()
            thread = threading.Thread(target=serve, args=(conversation, answers))
            thread.start()
            threads.append(thread)
    for thread in threads:
        thread.join()
    print(answers == [b"hello"] * CLIENTS)


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"hello")
        sock.shutdown(socket.SHUT_WR)
        print(sock.recv(100))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
