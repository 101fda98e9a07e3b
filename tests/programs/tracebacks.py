"""Tracebacks in every way that they are printed."""

import logging
import socket
import sys
import threading
import traceback


def fail():
    with socket.socket() as sock:
        sock.connect(("127.0.0.1", 1))


class Falling:
    def __del__(self):
        fail()


try:
    fail()
except OSError:
    traceback.print_exc()
    logging.exception("it failed")
    logging.error("and where", stack_info=True)
    print(traceback.format_exc(), traceback.extract_tb(sys.exc_info()[2]))
    print(traceback.format_stack())
traceback.print_stack()
try:
    try:
        fail()
    except OSError as error:
        raise RuntimeError("because") from error
except RuntimeError:
    traceback.print_exc()
thread = threading.Thread(target=fail, name="worker")
thread.start()
thread.join()
del thread
Falling()
problem = None
try:
    fail()
except OSError as error:
    problem = error
raise ExceptionGroup("several", [problem, ValueError("and more")])
