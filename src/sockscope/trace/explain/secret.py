"""What calls of a TLS socket mean: their text, and the octets on the wire beneath it."""

from __future__ import annotations

from typing import Any

from .moves import octets
from .scene import Scene

UNCOUNTED = "in plain text; beneath it OpenSSL made calls that are not seen"


def became_cipher(scene: Scene) -> str:
    """What a send became."""
    size, sent = _size(scene.call.value), scene.call.cipher_sent
    if not sent or size is None:
        return on_the_wire(scene)
    return f"{octets(size)} of text became {sent} on the wire"


def became_text(scene: Scene) -> str:
    """What a receive was made from: OpenSSL may have had it before, or have taken more."""
    size, received = _size(scene.call.value), scene.call.cipher_received
    if received is None or not size:
        return on_the_wire(scene)
    if not received:
        return f"{octets(size)} of text, from what OpenSSL had received before"
    return f"{octets(received)} on the wire gave {octets(size)} of text"


def on_the_wire(scene: Scene) -> str:
    """What OpenSSL sent and received."""
    sent, received = scene.call.cipher_sent, scene.call.cipher_received
    if sent is None or received is None:
        return UNCOUNTED
    return f"on the wire OpenSSL sent {octets(sent)} and received {octets(received)}"


def _size(value: Any) -> int | None:
    """The octets of text in a result: it is a number, or the octets themselves."""
    if isinstance(value, dict):
        value = value.get("bytes")
    return value if type(value) is int else None
