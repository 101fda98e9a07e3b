"""Ends at once, without a socket."""
