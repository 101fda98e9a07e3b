"""A program gives the same output and status with us and without us."""

from __future__ import annotations

import pytest

from running import (
    ALONE,
    CONVERSATIONS,
    Conversation,
    Outcome,
    alone,
    alone_run,
    bare,
    conversation_run,
    free_port,
    headless,
    steady_text,
)


def comparable(outcome: Outcome) -> Outcome:
    return Outcome(outcome.status, steady_text(outcome.stdout), steady_text(outcome.stderr))


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda c: c.name)
def test_a_conversation_leaves_the_same(conversation: Conversation) -> None:
    run = conversation_run(conversation.name)
    without = bare(conversation, free_port())
    with_us = [run.outcome(name) for name in run.names]
    assert [comparable(o) for o in with_us] == [comparable(o) for o in without]
    assert run.status == 0


@pytest.mark.parametrize("words", ALONE, ids=lambda words: words.replace(" ", "-"))
def test_a_program_leaves_the_same(words: str) -> None:
    conversation = alone(words)
    run = alone_run(words)
    (name,) = run.names
    (without,) = bare(conversation, 0)
    with_us = comparable(run.outcome(name))
    assert with_us.stdout == comparable(without).stdout
    assert with_us.stderr == comparable(without).stderr
    assert with_us.status == without.status
    assert run.status == (without.status if without.status >= 0 else 128 - without.status)


STRICT = [{}, {"PYTHONWARNINGS": "error"}, {"PYTHONDEVMODE": "1"}]


@pytest.mark.parametrize("variables", STRICT, ids=lambda v: "-".join(v) or "none")
def test_what_it_forgets_is_warned_of_alike(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in {"PYTHONWARNINGS": "default", **variables}.items():
        monkeypatch.setenv(name, value)
    forgetful = alone("forgetful")
    (without,) = bare(forgetful, 0)
    assert without.stderr.count("ResourceWarning: unclosed") >= 6
    with_us = headless(forgetful, 0, "--timeout", "20").outcome("forgetful")
    assert comparable(with_us) == comparable(without)
