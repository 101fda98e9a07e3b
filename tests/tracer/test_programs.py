"""What the words of the command line mean."""

from __future__ import annotations

import contextlib
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.tracer.programs import Program, ProgramError, bundled, check, parse, with_free_ports


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("server.py", "client.py", "two words.py", "a=b.py", "noext"):
        (tmp_path / name).write_text("pass\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "extra", "programs"),
    [
        (["server.py"], [], [Program("server", "server.py")]),
        (["noext"], [], [Program("noext", "noext")]),
        (["x=server.py"], [], [Program("x", "server.py")]),
        (["server.py 1 '2 3'"], [], [Program("server", "server.py", ("1", "2 3"))]),
        (["x-y=server.py 1"], [], [Program("x-y", "server.py", ("1",))]),
        (["two words.py"], [], [Program("two words", "two words.py")]),
        (["x=two words.py"], [], [Program("x", "two words.py")]),
        (["'two words.py' 1"], [], [Program("two words", "two words.py", ("1",))]),
        (["a=b.py"], [], [Program("a=b", "a=b.py")]),
        (["x=a=b.py"], [], [Program("x", "a=b.py")]),
        (
            ["server.py 1", "client.py 2"],
            ["3", "-4"],
            [
                Program("server", "server.py", ("1",)),
                Program("client", "client.py", ("2", "3", "-4")),
            ],
        ),
        (
            ["server.py", "server.py", "server-2=client.py"],
            [],
            [
                Program("server", "server.py"),
                Program("server-2", "server.py"),
                Program("server-2-2", "client.py"),
            ],
        ),
        (
            ["server.py", "server.py", "server.py"],
            [],
            [Program(name, "server.py") for name in ("server", "server-2", "server-3")],
        ),
        ([], ["lost"], []),
    ],
)
def test_words_name_programs(words: list[str], extra: list[str], programs: list[Program]) -> None:
    assert parse(words, extra) == programs


@given(st.text(), st.lists(st.text(max_size=5), max_size=3))
def test_any_word_names_a_program_or_is_refused(word: str, extra: list[str]) -> None:
    with contextlib.suppress(ProgramError):
        (program,) = parse([word], extra)
        assert Path(program.path).exists()


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))))
def test_quoted_arguments_come_back_as_they_were(args: list[str]) -> None:
    (program,) = parse([shlex.join([__file__, *args])])
    assert program.path == __file__
    assert list(program.args) == args


@given(st.lists(st.sampled_from(["a", "a-2", "a-3", "b"]), max_size=6))
def test_names_are_never_the_same(names: list[str]) -> None:
    programs = parse([f"{name}={__file__}" for name in names])
    assert len({program.name for program in programs}) == len(names)


def test_the_bundled_pair_can_be_run_at_a_free_port() -> None:
    server, client = bundled()
    assert (server.name, client.name) == ("server", "client")
    assert server.args == client.args
    check(server)
    check(client)
    assert bundled(4711)[0].args == ("4711",)


def test_a_free_port_stands_anywhere_in_an_argument() -> None:
    server, client = with_free_ports(
        [
            Program("server", "server.py", ("{port}", "{other_port}")),
            Program("client", "client.py", ("http://127.0.0.1:{port}/",)),
        ]
    )
    port, other = server.args
    assert port != other
    assert client.args == (f"http://127.0.0.1:{port}/",)
