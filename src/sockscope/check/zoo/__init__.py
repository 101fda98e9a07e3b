"""Receive loops as they are found in the wild: each wrong one beside its right form."""
