"""Step real programs through their socket calls and see what the kernel holds."""

__version__ = "0.1.0"
