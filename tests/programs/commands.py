"""Commands that are programs in Python: a file, -m, -c, and what takes the place of another."""

import os
import socket
import subprocess
import sys

ASK = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(sys.argv[2].encode())
    print(sock.recv(100))
"""


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        for _ in range(4):
            sock, _ = listener.accept()
            with sock:
                command = [sys.executable, __file__, "answer", str(sock.fileno())]
                subprocess.run(command, pass_fds=[sock.fileno()], check=True)


def answer(fd):
    with socket.socket(fileno=fd) as sock:
        sock.sendall(sock.recv(100).upper())


def client(port):
    python, folder = sys.executable, os.path.dirname(os.path.abspath(__file__))
    subprocess.run([python, "-uc", ASK, str(port), "code"], check=True)
    subprocess.run([python, "-m", "commands", "ask", str(port)], cwd=folder, check=True)
    os.posix_spawn(python, [python, __file__, "ask", str(port)], os.environ)
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
    os.execv(python, [python, "-c", ASK, str(port), "exec"])


def ask(port):
    sys.argv[1:] = [str(port), "word"]
    exec(ASK, {"__name__": "asking"})


{"server": server, "client": client, "ask": ask, "answer": answer}[sys.argv[1]](int(sys.argv[2]))
