"""A procedure that is called from afar, by xmlrpc."""

import sys
from xmlrpc.client import ServerProxy
from xmlrpc.server import SimpleXMLRPCServer


def server(port):
    with SimpleXMLRPCServer(("127.0.0.1", port), logRequests=False) as served:
        served.register_function(pow)
        served.handle_request()


def client(port):
    with ServerProxy(f"http://127.0.0.1:{port}") as far:
        print(far.pow(2, 10))


{"server": server, "client": client}[sys.argv[1]](int(sys.argv[2]))
