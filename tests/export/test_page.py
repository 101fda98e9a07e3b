"""The page: complete in itself, harmless whatever the trace holds, and its slider works."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from playwright.sync_api import Page, sync_playwright
from script import Script, pair
from strategies import traces

from sockscope.export.page import MOST, page
from sockscope.trace import events as e

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
EVIL = "<script>alert(1)</script>&amp;<img src=x onerror=alert(2)>"


class Reader(HTMLParser):
    """Collects the elements and the texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sections: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "section":
            self.sections.append("")

    def handle_data(self, data: str) -> None:
        if self.sections:
            self.sections[-1] += data


def test_every_position_is_written_out(events: list[e.Event]) -> None:
    sections = Reader(page(events, "talk")).sections
    assert "Nothing was called yet" in sections[0]
    assert any('recv(16) = b"Hi the"' in text and "partial read" in text for text in sections)
    assert any("LISTEN" in text and "0 of 1" in text for text in sections)
    assert any("Hi the" in text and "6 B read" in text for text in sections)


def test_it_needs_nothing_from_elsewhere(events: list[e.Event]) -> None:
    text = page(events, "talk")
    assert not re.search(r"https?:|src=|@import|url\(", text)


def test_what_a_trace_holds_is_text() -> None:
    script = pair().send("client", EVIL.encode())
    script.fails("client", EVIL, EVIL, message=EVIL)
    plain = Reader(page(pair().send("client", b"Hi").events, "x"))
    found = Reader(page(script.events, EVIL))
    assert set(found.tags) == set(plain.tags)
    assert found.tags.count("script") == 1


@given(events=traces())
def test_any_trace_has_a_page(events: list[e.Event]) -> None:
    assert Reader(page(events, "any")).sections


def test_of_a_long_trace_the_last_positions_are_kept() -> None:
    script = Script("server")
    for _ in range(MOST + 10):
        script.call("server", "socket", value=3, fd=-1)
    text = page(script.events, "long")
    assert len(Reader(text).sections) == MOST
    assert f"The last {MOST:,} of" in text


@pytest.fixture
def browser_page(tmp_path: Path, events: list[e.Event]) -> Iterator[tuple[Page, list[str]]]:
    """The page in a browser, and whatever went wrong in it or was asked for."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here")
    path = tmp_path / "talk.html"
    path.write_text(page(events, "talk"), encoding="utf-8")
    seen: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page()
        tab.on("console", lambda message: seen.append(message.text))
        tab.on("pageerror", lambda error: seen.append(str(error)))
        tab.on("request", lambda request: seen.append(request.url))
        tab.goto(path.as_uri())
        yield tab, seen
        browser.close()


def test_its_slider_changes_the_picture(browser_page: tuple[Page, list[str]]) -> None:
    tab, seen = browser_page
    shown = tab.locator("section:visible")
    assert shown.count() == 1
    first = shown.inner_text()
    tab.locator("#position").focus()
    tab.keyboard.press("End")
    last = shown.inner_text()
    assert "Nothing was called yet" in first
    assert last != first
    tab.locator("#back").click()
    assert shown.inner_text() != last
    tab.locator("body").press("ArrowRight")
    assert shown.inner_text() == last
    assert [url for url in seen if not url.startswith("file:")] == []
    assert len(seen) == 1
