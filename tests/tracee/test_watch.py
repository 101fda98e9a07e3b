"""Of many sockets not all are looked at; still nothing that happens to one goes unseen."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from running import until
from sockscope.tracee import probe, watch

MANY = 2 * watch.FEW
SMALL = 4096


class Watched:
    """A watch of this process, which has many sockets; none is looked at in its turn."""

    def __init__(self) -> None:
        self.watch = watch.Watch()
        self.looked: list[int] = []

    def look(self, *named: socket.socket | int) -> None:
        fds = [fd if isinstance(fd, int) else fd.fileno() for fd in named]
        self.looked = self.watch.due(fds)
        for fd in self.looked:
            self.watch.note(fd, probe.observe(fd))

    def is_true(self) -> bool:
        """Whether what was seen last is what the kernel says of all sockets now."""
        return self.watch.seen == {fd: probe.observe(fd) for fd in probe.socket_fds()}

    def comes_true(self) -> bool:
        """Look once more; a late acknowledgement is no reason to fail."""
        self.look()
        return self.is_true()

    def seen(self, sock: socket.socket) -> Any:
        return self.watch.seen.get(sock.fileno())


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def watched(stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> Watched:
    for _ in range(MANY):
        stack.enter_context(socket.socket())
    monkeypatch.setattr(watch, "IN_TURN", 0)
    return Watched()


class Scene:
    """Sockets of each kind, and their far ends."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=9))
        self.near = self.connect()
        self.far = stack.enter_context(self.listener.accept()[0])
        self.unix, self.unix_far = self.enter(*socket.socketpair())
        self.letters, self.sender = self.enter(*(self.udp() for _ in range(2)))
        self.letters.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        self.local, self.local_far = self.enter(*socket.socketpair(type=socket.SOCK_DGRAM))

    def enter(self, *sockets: socket.socket) -> tuple[socket.socket, ...]:
        return tuple(self.stack.enter_context(sock) for sock in sockets)

    def connect(self) -> socket.socket:
        return self.stack.enter_context(socket.create_connection(self.listener.getsockname()))

    def udp(self) -> socket.socket:
        sock = socket.socket(type=socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        return sock

    def letter(self, data: bytes) -> list[socket.socket]:
        self.sender.sendto(data, self.letters.getsockname())
        return [self.sender]


Deed = Callable[[Scene], list[socket.socket]]
"""What somebody does; gives the sockets that a call of ours named, or brought."""


def send(scene: Scene) -> list[socket.socket]:
    scene.far.sendall(b"Hi there")
    return [scene.far]


def recv(scene: Scene) -> list[socket.socket]:
    scene.near.recv(3)
    return [scene.near]


def finish(scene: Scene) -> list[socket.socket]:
    scene.far.shutdown(socket.SHUT_WR)
    return [scene.far]


def finish_near(scene: Scene) -> list[socket.socket]:
    scene.near.shutdown(socket.SHUT_WR)
    return [scene.near]


def stop_near(scene: Scene) -> list[socket.socket]:
    scene.near.shutdown(socket.SHUT_RDWR)
    return [scene.near]


def reset(scene: Scene) -> list[socket.socket]:
    scene.far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    scene.far.close()
    return []


def fill(scene: Scene) -> list[socket.socket]:
    scene.far.send(bytes(8_000_000), socket.MSG_DONTWAIT)
    return [scene.far]


def drain(scene: Scene) -> list[socket.socket]:
    scene.near.recv(1_000_000, socket.MSG_WAITALL)
    return [scene.near]


def knock(scene: Scene) -> list[socket.socket]:
    return [scene.connect()]


def accept(scene: Scene) -> list[socket.socket]:
    return [scene.listener, scene.stack.enter_context(scene.listener.accept()[0])]


def unix_send(scene: Scene) -> list[socket.socket]:
    scene.unix_far.sendall(b"Hi")
    return [scene.unix_far]


def unix_recv(scene: Scene) -> list[socket.socket]:
    scene.unix.recv(1)
    return [scene.unix]


def unix_letter(scene: Scene) -> list[socket.socket]:
    scene.local_far.send(b"Hi")
    return [scene.local_far]


def letter(scene: Scene) -> list[socket.socket]:
    return scene.letter(b"one")


def empty_letter(scene: Scene) -> list[socket.socket]:
    return scene.letter(b"")


def too_many_letters(scene: Scene) -> list[socket.socket]:
    for _ in range(20):
        scene.letter(bytes(1000))
    return [scene.sender]


def another_at_its_fd(scene: Scene) -> list[socket.socket]:
    other = socket.create_server(("127.0.0.1", 0))
    os.dup2(other.fileno(), scene.near.fileno())
    other.close()
    return [scene.near]


def a_file_at_its_fd(scene: Scene) -> list[socket.socket]:
    file = os.open(os.devnull, os.O_RDONLY)
    os.dup2(file, scene.near.fileno())
    os.close(file)
    return []


def closed_behind_our_back(scene: Scene) -> list[socket.socket]:
    os.close(scene.far.detach())
    return []


@pytest.mark.parametrize(
    "deeds",
    [
        (send, send, recv, send, recv, recv),
        (fill, drain),
        (send, finish, recv, finish_near),
        (finish_near, finish),
        (stop_near, finish),
        (send, reset),
        (knock, knock, accept, accept),
        (unix_send, unix_send, unix_recv, unix_recv),
        (unix_letter, unix_letter),
        (letter, letter, letter),
        (empty_letter, empty_letter, letter),
        (too_many_letters, too_many_letters),
        (send, another_at_its_fd),
        (a_file_at_its_fd,),
        (closed_behind_our_back,),
    ],
    ids=lambda deeds: "-".join(deed.__name__ for deed in deeds),
)
def test_what_others_do_is_seen_at_the_next_look(
    stack: ExitStack, watched: Watched, deeds: tuple[Deed, ...]
) -> None:
    scene = Scene(stack)
    watched.look()
    watched.look()
    assert watched.is_true()
    for deed in deeds:
        watched.look(*deed(scene))
        until(deed.__name__, watched.comes_true)
        assert len(watched.looked) < MANY / 4


def test_as_many_octets_as_before_they_were_few_are_seen(
    stack: ExitStack, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(stack)
    watched.look()
    scene.far.sendall(b"one")
    watched.look(scene.far)
    scene.near.recv(3)
    with monkeypatch.context() as few:
        few.setattr(watch, "FEW", 10 * MANY)
        watched.look()
    assert watched.seen(scene.near)["recv_queue"]["bytes"] == 0
    scene.far.sendall(b"two")
    watched.look(scene.far)
    assert watched.seen(scene.near)["recv_queue"]["peek"] == b"two"


def test_few_are_all_looked_at(stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "FEW", 10 * MANY)  # whatever else this process has open
    watched, scene = Watched(), Scene(stack)
    for deed in (letter, send):
        deed(scene)
        until(deed.__name__, watched.comes_true)
        assert watched.looked == probe.socket_fds()


def test_a_socket_that_no_call_told_of_is_found(stack: ExitStack, watched: Watched) -> None:
    watched.look()
    sock = stack.enter_context(socket.socket())
    for _ in range(watch.SEARCH_EVERY):
        watched.look()
    assert watched.seen(sock) is not None


def test_each_has_its_turn(
    stack: ExitStack, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "IN_TURN", 4)
    scene = Scene(stack)
    watched.look()
    scene.near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    for _ in range(len(watched.watch.seen) // 4 + 2):
        watched.look()
    assert watched.is_true()
