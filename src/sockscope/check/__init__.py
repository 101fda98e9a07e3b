"""Runs programs under every way in which TCP may cut the same bytes, and compares."""
