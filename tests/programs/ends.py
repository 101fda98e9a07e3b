"""Ends in the way that its argument names."""

import os
import signal
import socket
import sys

sock = socket.socket()
sock.bind(("127.0.0.1", 0))
print("begins", flush=True)
how = sys.argv[1]
if how == "os-exit":
    print("and ends", flush=True)
    os._exit(7)
elif how == "exit":
    sys.exit(5)
elif how == "exit-text":
    sys.exit("with a word")
elif how == "abort":
    os.abort()
elif how == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
elif how == "term":
    os.kill(os.getpid(), signal.SIGTERM)
elif how == "interrupt":
    os.kill(os.getpid(), signal.SIGINT)
elif how == "closed-output":
    for fd in (0, 1, 2):
        os.close(fd)
    print(socket.socket().fileno())
    os._exit(0 if socket.socket().fileno() in (0, 1, 2) else 1)
elif how == "closed-all":
    os.closerange(3, 65536)
    print("still here", flush=True)
    print(socket.socket().fileno())
    sock.detach()
elif how == "fork":
    child = os.fork()
    if not child:
        sock.close()
        os._exit(0 if socket.socket().fileno() == 3 else 1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), sock.fileno())
elif how == "exec":
    own = "import os; print([fd for fd in os.listdir('/proc/self/fd') if int(fd) < 200])"
    os.execv(sys.executable, [sys.executable, "-c", own])
elif how == "memory":
    raise MemoryError
elif how == "syntax":
    exec("1 +", {"__name__": "inner"})
elif how == "late":
    sys.stdout.write("no end of line")
    sys.stderr.write("nor here")
