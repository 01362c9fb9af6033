"""While the house is stopped a server in front shows one page: in every language, whole in itself, with status 502."""

from __future__ import annotations

import re

from tests import stopped_page
from tests.architecture.repository import ROOT, read
from web.reading import LANGUAGES

AGAIN = "`make stopped` writes the page anew"
SERVER = "docs/ja/server"


def test_the_page_is_what_its_words_make() -> None:
    assert stopped_page.FILE.read_text(encoding="utf-8") == stopped_page.drawn(), AGAIN


def test_it_is_said_in_every_language_and_needs_nothing_that_is_stopped() -> None:
    page = stopped_page.drawn()
    assert re.findall(r'<section lang="([^"]+)"', page) == [one.html for one in LANGUAGES]
    headings = re.findall(r"<h2>(.+?)</h2>", page)
    assert len(set(headings)) == len(LANGUAGES)
    assert page.count('<a href="">') == len(LANGUAGES), "each with a way to open the same page again"
    assert not re.findall(r"(?:href|src)=\"[^\"]|@import|url\((?![\"']data:)", page)


def test_the_server_in_front_shows_it_and_keeps_the_status_that_terminals_know() -> None:
    nginx = read(f"{SERVER}/nginx.conf")
    assert re.search(r"^    error_page 502 504 /stopped\.html;$", nginx, re.M), (
        "without `=`: the status stays"
    )
    assert "answer.status === 502 || answer.status === 504" in read("kiosk/static/terminal/line.js")
    folder = re.search(r"root (\S+);", nginx)
    assert folder is not None
    assert f"{SERVER}/stopped.html {folder[1]}/stopped.html" in read("docs/ja/install.md")
    assert (ROOT / SERVER / "stopped.html").exists()
