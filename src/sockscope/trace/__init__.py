"""What happened: events, the state they add up to, and the file they are kept in.

Pure: nothing here opens a socket, reads a clock or knows the screen.
"""
