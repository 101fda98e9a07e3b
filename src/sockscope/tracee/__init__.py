"""What runs inside the traced process: the gate, the probe and the agent.

Standard library only, Python 3.8 or newer, and nothing else of sockscope: a tracee is
started as ``python <this folder> OPTIONS program.py``, by any interpreter, also one
that never heard of sockscope.
"""
