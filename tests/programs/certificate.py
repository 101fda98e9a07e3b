"""A certificate of our own for this machine."""

import ssl
import subprocess
import tempfile
from pathlib import Path


def server_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        names = [str(Path(folder, name)) for name in ("cert.pem", "key.pem")]
        request = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
        words = [*request.split(), "-out", names[0], "-keyout", names[1]]
        subprocess.run(words, check=True, capture_output=True)
        context.load_cert_chain(*names)
    return context


def client_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
