"""The standard library's web server and its web client."""

import http.server
import sys
import urllib.request


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def date_time_string(self, _=None):
        return "today"

    def log_message(self, form, *args):
        print(form % args)


def server(port):
    with http.server.HTTPServer(("127.0.0.1", port), Page) as served:
        served.handle_request()


def client(port):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/page", headers={"Host": "example.org"}
    )
    with opener.open(request, timeout=20) as page:
        print(page.status, page.read())


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
