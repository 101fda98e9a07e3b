"""Every other way to send and to receive, between two sockets of one process."""

import gc
import os
import socket


class Loud(socket.socket):
    def recv(self, *args):
        return super().recv(*args).upper()


listener = socket.create_server(("127.0.0.1", 0))
with Loud() as a:
    print(a.connect_ex(listener.getsockname()), type(a).__name__, a.fileno())
    b, _ = listener.accept()
    print(b.fileno(), b.sendmsg([b"gather", bytearray(b"ed"), memoryview(b" words")]))
    print(a.recv(100))
    room = bytearray(10)
    print(a.send(b"into a buffer"), b.recv_into(room), room)
    print(b.recvfrom(2)[0], b.recvmsg(100)[0])
    print(a.sendall(bytearray(b"all")), b.recvmsg_into([room])[0], room)
    print(a.send(memoryview(b"part of it")[5:]), b.recvfrom_into(room, 2)[0], room)
    print(b.recv(5, socket.MSG_PEEK), b.recv(5))
    b.setblocking(False)
    try:
        b.recv(10)
    except BlockingIOError as error:
        print(error)
    twin = b.dup()
    print(type(twin).__name__, twin.fileno(), twin.get_inheritable())
    twin.send(b"from the twin")
    print(a.recv(100), a.getpeername() == twin.getsockname())
    number = twin.detach()
    print(twin.fileno(), number)
    again = socket.socket(fileno=number)
    print(again.family.name, again.type.name)
    del again
    gc.collect()
    try:
        os.fstat(number)
    except OSError as error:
        print(error)
    left, right = socket.socketpair()
    left.sendall(b"pair")
    print(left.fileno(), right.fileno(), right.recv(10))
    left.close()
    print(right.recv(10))
    u, v = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    u.bind(("127.0.0.1", 0))
    print(v.sendto(b"a letter", u.getsockname()), u.recvfrom(100)[0])
    for wrong in (lambda: a.recv(-1), lambda: a.send("text"), lambda: a.recv(), lambda: u.bind(1)):
        try:
            wrong()
        except Exception as error:
            print(type(error).__name__, error)
    print(repr(right).replace(str(right.fileno()), "N").partition(", laddr")[0])
print(a.fileno(), a)
try:
    a.send(b"closed")
except OSError as error:
    print(error)
