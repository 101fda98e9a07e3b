"""Random events and calls: sane ones, odd ones, and any order of them."""

from __future__ import annotations

import base64
from typing import Any

from hypothesis import strategies as st

from sockscope.trace import events as e

NAMES = [
    "socket",
    "bind",
    "listen",
    "accept",
    "connect",
    "connect_ex",
    "send",
    "sendall",
    "sendto",
    "sendmsg",
    "sendfile",
    "recv",
    "recv_into",
    "recvfrom",
    "recvfrom_into",
    "recvmsg",
    "recvmsg_into",
    "shutdown",
    "close",
    "detach",
    "dup",
    "socketpair",
    "setsockopt",
    "getsockopt",
    "settimeout",
    "setblocking",
    "getsockname",
    "getpeername",
    "brew",
]

ERRNOS = [
    "EACCES",
    "EADDRINUSE",
    "EADDRNOTAVAIL",
    "EAGAIN",
    "EBADF",
    "ECONNREFUSED",
    "ECONNRESET",
    "EINVAL",
    "EISCONN",
    "ENOTCONN",
    "EOPNOTSUPP",
    "EPIPE",
    "ENETUNREACH",
    "EWHATEVER",
]

EXCEPTIONS = ["OSError", "TimeoutError", "gaierror", "OverflowError", "TypeError", "Brewed"]

procs = st.sampled_from(["server", "client", "[/b]\x1b[31m"])
fds = st.integers(-1, 5)
sizes = st.one_of(st.none(), st.integers(-5, 40), st.integers(0, 2**40))
texts = st.text(max_size=12)
json_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
hosts = st.sampled_from(["127.0.0.1", "0.0.0.0", "", "::1", "localhost", "\x1b]0;"])
addresses: st.SearchStrategy[e.Address] = st.one_of(
    st.tuples(hosts, st.sampled_from([0, 80, 1060, 51304])), st.sampled_from(["", "/tmp/s\n"])
)
data_arguments = st.binary(max_size=12).map(
    lambda data: {"bytes": len(data), "peek": base64.b64encode(data).decode()}
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 300),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False, allow_infinity=False),
    json_texts,
    data_arguments,
    st.fixed_dictionaries({"bytes": st.integers(0, 9), "peek": json_texts}),
    addresses.map(lambda a: list(a) if isinstance(a, tuple) else a),
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=6)
arguments = st.lists(values, max_size=4).map(tuple)

KINDS = ["unbound", "bound", "listening", "connecting", "connected", "closed", "new"]
STATES = ["ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT2", "TIME_WAIT", "LISTEN", "CLOSE"]

views = st.builds(
    e.SocketView,
    fd=st.one_of(st.none(), fds),
    kind=st.sampled_from(KINDS),
    state=st.one_of(st.none(), st.sampled_from(STATES)),
    family=st.sampled_from([None, "inet", "inet6", "unix"]),
    type=st.sampled_from([None, "stream", "dgram"]),
    local=st.one_of(st.none(), addresses),
    peer=st.one_of(st.none(), addresses),
    inode=st.one_of(st.none(), st.integers(1, 4)),
    recv_bytes=sizes,
    peek=st.one_of(st.none(), st.binary(max_size=9)),
    send_bytes=sizes,
    unsent=sizes,
    accepted=sizes,
    mss=sizes,
    accept_length=sizes,
    accept_limit=sizes,
    recv_size=sizes,
    send_size=sizes,
    timer=st.one_of(st.none(), st.floats(0, 99)),
)

calls = st.integers(1, 6)
optional_texts = st.one_of(st.none(), json_texts)
timeouts = st.one_of(st.none(), st.integers(0, 9), st.floats(0, 9))
reasons = st.builds(e.Reason, why=json_texts, on=st.one_of(st.none(), procs))
waits = st.builds(
    e.Wait,
    proc=procs,
    call=calls,
    name=st.sampled_from(NAMES),
    reasons=st.lists(reasons, max_size=3).map(tuple),
    line=st.one_of(st.none(), st.integers(1, 99)),
    thread=optional_texts,
    timeout=timeouts,
)
FIELDS: dict[type[e.Event], dict[str, st.SearchStrategy[Any]]] = {
    e.ProcessStarted: {"pid": st.integers(1, 99), "argv": st.lists(json_texts).map(tuple)},
    e.SourceRead: {"file": json_texts, "text": json_texts},
    e.CallEntered: {
        "call": calls,
        "fd": fds,
        "name": st.sampled_from(NAMES),
        "args": arguments,
        "file": optional_texts,
        "line": st.one_of(st.none(), st.integers(1, 99)),
        "thread": optional_texts,
        "locals": st.dictionaries(json_texts, json_texts, max_size=2),
        "gated": st.booleans(),
        "would_block": st.one_of(st.none(), st.booleans()),
        "via": st.sampled_from([None, "sendall", "gc"]),
        "timeout": timeouts,
    },
    e.CallGranted: {"call": calls, "limit": st.one_of(st.none(), st.integers(0, 9))},
    e.CallBlocked: {"call": calls, "where": json_texts},
    e.CallReturned: {
        "call": calls,
        "value": values,
        "data": st.one_of(st.none(), st.binary(max_size=12)),
        "elapsed_ns": st.integers(0, 10**12),
        "limit": st.one_of(st.none(), st.integers(0, 9)),
        "cipher_sent": st.one_of(st.none(), st.integers(0, 99)),
        "cipher_received": st.one_of(st.none(), st.integers(0, 99)),
    },
    e.CallRaised: {
        "call": calls,
        "errno": st.one_of(st.none(), st.sampled_from(ERRNOS)),
        "exception": st.sampled_from(EXCEPTIONS),
        "message": json_texts,
        "elapsed_ns": st.integers(0, 10**12),
        "cipher_sent": st.one_of(st.none(), st.integers(0, 99)),
        "cipher_received": st.one_of(st.none(), st.integers(0, 99)),
    },
    e.SocketsObserved: {
        "sockets": st.lists(views, max_size=3).map(tuple),
        "partial": st.booleans(),
    },
    e.UnheldObserved: {"sockets": st.lists(views, max_size=2).map(tuple)},
    e.WaitsObserved: {
        "waits": st.lists(waits, max_size=4).map(tuple),
        "deadlock": st.lists(procs, max_size=2, unique=True).map(tuple),
    },
    e.NotSeen: {"what": json_texts},
    e.Output: {"stream": st.sampled_from(["stdout", "stderr"]), "text": json_texts},
    e.ProcessExited: {
        "status": st.one_of(st.none(), st.integers(0, 255)),
        "signal": st.sampled_from([None, "SIGKILL"]),
    },
    e.Unknown: {
        "name": st.sampled_from(["moon_rose", "tea_time"]),
        "extra": st.dictionaries(st.sampled_from(["colour", "fd"]), values, max_size=2),
    },
}


@st.composite
def any_event(draw: st.DrawFn, n: int = 1) -> e.Event:
    kind = draw(st.sampled_from(list(FIELDS)))
    fields = {name: draw(strategy) for name, strategy in FIELDS[kind].items()}
    proc = draw(st.one_of(st.none(), procs))
    return kind(n=n, t=draw(st.integers(0, 2**60)), proc=proc, **fields)


@st.composite
def traces(draw: st.DrawFn, most: int = 25) -> list[e.Event]:
    """Two processes that started, and then anything at all, numbered in order."""
    started: list[e.Event] = [
        e.ProcessStarted(n=n, proc=proc, pid=n, argv=())
        for n, proc in enumerate(("server", "client"), 1)
    ]
    length = draw(st.integers(0, most))
    return started + [draw(any_event(n)) for n in range(3, length + 3)]
