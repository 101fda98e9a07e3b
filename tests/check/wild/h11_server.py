"""An HTTP server on h11, of which every recv() may give any piece."""

import socket
import sys

import h11

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
sock, _ = listener.accept()
connection = h11.Connection(h11.SERVER)
body = b""
while True:
    event = connection.next_event()
    if event is h11.NEED_DATA:
        connection.receive_data(sock.recv(4096))
    elif isinstance(event, h11.Request):
        print(event.method, event.target)
    elif isinstance(event, h11.Data):
        body += event.data
    elif isinstance(event, h11.EndOfMessage):
        break
    else:
        raise EOFError(repr(event))
length = [("Content-Length", str(len(body)))]
sock.sendall(connection.send(h11.Response(status_code=200, headers=length)))
sock.sendall(connection.send(h11.Data(data=body.upper())))
sock.sendall(connection.send(h11.EndOfMessage()))
sock.close()
listener.close()
