"""Calls that no line of the program makes: of a thread, and at the exit."""

import _thread
import atexit
import socket
import weakref


class Octets(bytearray):
    """Octets whose end can be seen, and with it the end of the thread that sends them."""


listener = socket.create_server(("127.0.0.1", 0))
a = socket.create_connection(listener.getsockname())
b, _ = listener.accept()
octets = Octets(b"thread")
sent = weakref.ref(octets)
_thread.start_new_thread(a.send, (octets,))
del octets
print(b.recv(100))
while sent() is not None:
    pass
atexit.register(print, "at exit")
atexit.register(a.send, b"exit")
