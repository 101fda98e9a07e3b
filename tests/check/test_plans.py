"""The plans: the same for the same seed, and never a cut outside a stream."""

from __future__ import annotations

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from sockscope.check.plans import DIES, FRONT, ONE_CUT, PIECES, SMALL, Plan, marks, plans, steps
from sockscope.check.relay import pieces
from sockscope.check.search import IN, OUT, with_cuts

STREAMS = st.dictionaries(
    st.sampled_from(["server", "client"]), st.lists(st.binary(max_size=60), max_size=3)
)


@given(STREAMS, STREAMS, st.integers())
def test_the_same_seed_gives_the_same_plans(
    received: dict[str, list[bytes]], sent: dict[str, list[bytes]], seed: int
) -> None:
    first, second = (list(islice(plans(received, sent, seed), 150)) for _ in "ab")
    assert first == second


@given(STREAMS, STREAMS, st.integers())
def test_every_cut_lies_within_a_stream(
    received: dict[str, list[bytes]], sent: dict[str, list[bytes]], seed: int
) -> None:
    for plan in islice(plans(received, sent, seed), 150):
        for name, cuts in plan.cuts.items():
            longest = max(map(len, received[name]), default=0)
            assert all(0 < at < longest for at in cuts)
            assert list(cuts) == sorted(set(cuts))
        if plan.kind == DIES:
            assert plan.dies is not None
            assert 0 <= plan.dies[1] < sum(map(len, sent[plan.dies[0]]))


@given(st.binary(min_size=2, max_size=40))
def test_every_single_cut_is_tried(stream: bytes) -> None:
    tried = {
        plan.cuts["server"]
        for plan in islice(plans({"server": [stream]}, {}, 0), 500)
        if plan.kind == ONE_CUT
    }
    assert tried == {(at,) for at in range(1, len(stream))}


@given(st.binary(min_size=1, max_size=SMALL))
def test_a_small_stream_ends_after_every_prefix(stream: bytes) -> None:
    tried = [plan.dies for plan in islice(plans({}, {"client": [stream]}, 0), 500)]
    deaths = [dies for dies in tried if dies is not None]
    assert sorted(deaths) == [("client", at) for at in range(len(stream))]


def test_a_large_stream_ends_where_framing_is_likely_to_break() -> None:
    stream = b"Content-Length: 400\r\n\r\n" + b"x" * 400
    tried = {plan.dies for plan in islice(plans({}, {"client": [stream]}, 0), 500)}
    assert {("client", at) for at in (0, 1, 19, 21, 22, 23, len(stream) - 1)} <= tried
    assert len(tried) < 40


def test_what_looks_like_framing_is_tried_first() -> None:
    stream = b"Content-Length: 40\r\n\r\n" + b"x" * 40
    assert {18, 19, 20, 21, 22} <= marks(stream)
    first = [plan.cuts for plan in islice(plans({"server": [stream]}, {}, 0), 20)]
    assert {"server": (20,)} in first


LONG = {"server": [b"10000000\n" + b"x" * 10_000_000]}


def test_a_long_stream_is_cut_near_its_begin_first() -> None:
    first = list(islice(plans(LONG, {}, 0), 4))
    assert [plan.cuts for plan in first] == [{"server": (at,)} for at in (1, 2, 4, 8)]


def test_no_plan_cuts_a_long_stream_into_too_many_pieces() -> None:
    for plan in islice(plans(LONG, LONG, 0), 40):
        told = plan.setup("server").get("in", {})
        ends = pieces(LONG["server"][0], 0, told)
        assert sum(1 for _ in ends) < FRONT + 2 * PIECES


@given(
    st.integers(0, 3 * FRONT),
    st.integers(0, 2 * FRONT),
    st.sampled_from([1, 2, 7]),
    st.sampled_from([0, 100, 999]),
)
def test_steps_do_not_depend_on_how_a_stream_arrives(
    begin: int, length: int, every: int, then: int
) -> None:
    whole = steps(0, begin + length, every, then)
    assert list(steps(begin, begin + length, every, then)) == [at for at in whole if at > begin]


def test_what_a_tracee_is_told() -> None:
    assert Plan("x", {"server": (3, 5)}).setup("server") == {"in": {"at": [3, 5]}}
    assert Plan("x", {"server": (3, 5)}).setup("client") == {}
    assert Plan("x", every=2).setup("client") == {"in": {"every": 2}}
    assert Plan("x", sends=1).setup("client") == {"out": {"every": 1}}
    assert Plan("x", dies=("client", 4)).setup("client") == {"dies": 4}
    assert Plan("x", dies=("client", 4)).setup("server") == {}


def test_a_plan_in_words() -> None:
    assert str(with_cuts([(IN, "server", 5)])) == "what server receives is cut after byte 5"
    assert str(with_cuts([(IN, "server", 9), (IN, "server", 5)])).endswith("after bytes 5, 9")
    assert str(Plan("x", every=1)) == "every recv() gives 1 byte"
    assert str(Plan("x", every=2, then=99)) == "every recv() gives 2 bytes, of the first 4096"
    assert str(with_cuts([(OUT, "client", 5)])) == "what client sends is taken up to byte 5"
