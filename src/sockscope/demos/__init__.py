"""Demos: short conversations that play themselves, with captions; data like a lesson's."""
