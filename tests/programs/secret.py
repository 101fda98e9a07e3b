"""TLS over a socket: OpenSSL itself reads and writes below what the program calls."""

import socket
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path


def certified(folder):
    """A certificate of our own for this machine."""
    names = [str(Path(folder, name)) for name in ("cert.pem", "key.pem")]
    request = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
    words = [*request.split(), "-out", names[0], "-keyout", names[1]]
    subprocess.run(words, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*names)
    return context


def server(port):
    with socket.create_server(("127.0.0.1", port)) as listener:
        with tempfile.TemporaryDirectory() as folder:
            context = certified(folder)
        bare, _ = listener.accept()
    with context.wrap_socket(bare, server_side=True) as sock:
        sock.sendall(sock.recv(100).upper())
        print(sock.recv(100))


def client(port):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    bare = socket.create_connection(("127.0.0.1", port))
    with context.wrap_socket(bare) as sock:
        sock.sendall(b"secret")
        print(sock.recv(100))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
