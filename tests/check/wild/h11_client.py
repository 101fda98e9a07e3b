"""A chunked request for the server on h11, and its answer."""

import http.client
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
connection.request("POST", "/form", iter([b"some ", b"words"]), encode_chunked=True)
print(connection.getresponse().read())
connection.close()
