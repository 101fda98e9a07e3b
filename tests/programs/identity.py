"""Tells all that a program can easily find out about itself."""

import os
import socket
import sys
import threading
from socket import socket as early

print(sorted(globals()))
print(__name__, __doc__, __package__, __spec__, type(__loader__).__name__, type(__builtins__))
print(__file__, sys.argv, sys.path[0], sys.path[1:], sys.flags, sys.orig_argv[1:])
print(sys.modules["__main__"].__dict__ is globals(), __import__("__main__").__file__)
print(threading.enumerate(), threading.active_count(), threading.current_thread().name)
print([(name, getattr(early, name).__name__) for name in ("recv", "send", "accept", "close")])
print(socket.socket.__mro__, early is socket.socket, isinstance(early(), socket.socket))
sock = early()
print(type(sock).__name__, sock.fileno(), issubclass(early, socket.SocketType), sock.accept.__doc__)
print(os.open(os.devnull, os.O_RDONLY), os.get_blocking(sock.fileno()), os.getcwd())
print(sorted(name for name in sys.modules if "sockscope" in name and name[0] != "_"))
print(os.environ.get("PYTHONPATH"), sys.stdin.read(), sys.stdout.encoding, sys.stderr.errors)
print(sys.getswitchinterval(), sys.gettrace(), sys.getprofile(), sys.getrecursionlimit())
