"""The standard library's HTTP client: two requests on one connection."""

import http.client
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
connection.request("GET", "/")
print(connection.getresponse().read())
connection.request("POST", "/", b"some words")
print(connection.getresponse().read())
connection.close()
