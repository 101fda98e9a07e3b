"""Calls that are wrong, and what Python says of them."""

import socket

a, b = socket.socketpair()
n = socket.socket()
a.settimeout(0.05)
text = "text"
for wrong in (
    lambda: a.recv(),
    lambda: a.recv("5"),
    lambda: a.recv(-1),
    lambda: a.recv(1, 2, 3),
    lambda: a.recv(None),
    lambda: a.recv_into(b"read only"),
    lambda: a.recv_into(bytearray(2), 5),
    lambda: a.recv_into(bytearray(2), -1),
    lambda: a.recv_into(),
    lambda: a.recvfrom_into(text),
    lambda: a.recvmsg(),
    lambda: a.recvmsg(-1),
    lambda: a.recvmsg_into([b"read only"]),
    lambda: a.recvmsg_into(5),
    lambda: a.send(),
    lambda: a.send(text),
    lambda: a.send(None),
    lambda: a.send(b"x", text),
    lambda: a.sendall(),
    lambda: a.sendall(text),
    lambda: a.sendall(b"x", text),
    lambda: a.sendto(b"x"),
    lambda: a.sendto(b"x", 1, 2, 3),
    lambda: a.sendmsg(5),
    lambda: a.sendmsg([text]),
    lambda: a.sendmsg(),
    lambda: a.sendfile(text),
    lambda: n.bind(),
    lambda: n.bind(5),
    lambda: n.bind(("127.0.0.1", 70000)),
    lambda: n.bind(("127.0.0.1", text)),
    lambda: n.listen(text),
    lambda: n.listen(1, 2),
    lambda: n.connect(("127.0.0.1",)),
    lambda: n.connect(text),
    lambda: n.connect_ex(None),
    lambda: n.accept(1),
    lambda: n.accept(),
    lambda: n.recv(5),
    lambda: n.send(b"x"),
    lambda: n.shutdown(),
    lambda: n.shutdown(77),
    lambda: n.getpeername(),
    lambda: n.getsockopt(1),
    lambda: n.setsockopt(1, 2, text),
    lambda: n.setsockopt(1, 9999, 1),
    lambda: n.settimeout(-1),
    lambda: n.settimeout(text),
    lambda: n.setblocking(),
    lambda: n.detach(1),
    lambda: n.makefile("q"),
    lambda: socket.socket(77),
    lambda: socket.socket(text),
    lambda: socket.socket(fileno=9999),
    lambda: socket.socket(fileno=-5),
    lambda: socket.socketpair(77),
    lambda: socket.create_connection(("127.0.0.1", 1), timeout=-1),
):
    try:
        print(wrong())
    except Exception as error:
        print(type(error).__name__, error, getattr(error, "errno", None))

n.close()
for closed in (n.recv, n.listen, n.close, n.fileno, n.detach, n.accept, n.getsockname):
    try:
        print(closed(5) if closed == n.recv else closed())
    except OSError as error:
        print(type(error).__name__, error)
