"""A web server with a thread for each request."""

import http.server
import sys
import threading
import urllib.request

REQUESTS = 3


class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response_only(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_):
        pass


def server(port):
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Hello) as served:
        served.daemon_threads = False
        for _ in range(REQUESTS):
            served.handle_request()
    print(threading.active_count())


def client(port):
    for _ in range(REQUESTS):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            print(answer.status, answer.read())


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
