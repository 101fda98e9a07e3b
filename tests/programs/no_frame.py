"""Calls that no line of the program makes: of a thread, and at the exit."""

import _thread
import atexit
import socket

listener = socket.create_server(("127.0.0.1", 0))
a = socket.create_connection(listener.getsockname())
b, _ = listener.accept()
_thread.start_new_thread(a.send, (b"thread",))
print(b.recv(100))
atexit.register(print, "at exit")
atexit.register(a.send, b"exit")
