"""Takes one look at the client and hangs up."""

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 1060

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()

conversation, address = listener.accept()
conversation.recv(5)
conversation.close()
listener.close()
