"""Has a hook of its own for uncaught errors."""

import socket
import sys


def hook(kind, value, trace):
    names = []
    while trace is not None:
        names.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    print("hook", kind.__name__, value, names)


sys.excepthook = hook
socket.create_connection(("127.0.0.1", 1))
