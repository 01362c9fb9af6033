"""Every page of the house in a real browser: none is forgotten, and what is promised of one is true of all."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from models.core.errors import Conflict, Forbidden, Gone, TooMany, Unavailable
from tests.architecture.repository import ROOT
from tests.conftest import inside
from tests.web.manager.four_weeks import four_weeks
from tests.web.pages import looks, sound
from tests.web.pages.addresses import (
    ELSEWHERE,
    NO_PAGES,
    SCREENS,
    TERMINAL,
    Stop,
    numbered,
    of_terminals,
    pages,
    seen_elsewhere,
    stops,
    walker,
)
from tests.web.pages.conftest import House
from tests.web.pages.walking import passed, with_machines
from web.reading import BY_CODE

pytestmark = pytest.mark.browser
WALKERS = ("nobody", "counter", "concierge", "administrator", "manager", "kiosk")
"""Who walks past pages; screens of terminals are shown to the last."""
FOR_STAFF = ("/kiosk/enrol/", "/kiosk/printer")
"""Pages of a terminal at which somebody of the house stands."""
PRESSED = frozenset(
    f"{SCREENS}{one}" for one in ("check-in", "check-in/number", "home", "language", "status/", "ticket/")
)
"""Screens that tests/kiosk/terminal/test_screens_browser.py comes to by pressing, and looks at in Japanese."""
GO = """(href) => {
  const way = document.createElement("a");
  way.href = href;
  way.dataset.screen = "";
  document.querySelector("#screen").append(way);
  document.querySelector(".screen").dataset.before = "";
  way.click();
}"""


@pytest.mark.parametrize("who", WALKERS[:-2])
def test_every_page_is_sound_in_every_width(house: House, opened: Callable[..., Any], who: str) -> None:
    assert walked(house, opened, who) == []


def test_every_page_of_a_manager_is_sound_with_four_weeks_to_show(
    house: House, opened: Callable[..., Any]
) -> None:
    with inside(house.world.settings):
        four_weeks()
    assert walked(house, opened, "manager") == []


def walked(house: House, opened: Callable[..., Any], who: str) -> list[object]:
    """What is wrong with the pages of one walk."""
    page, problems = opened(who)
    walk = numbered(stops(house.world.app, house.world.here, who))
    return [one for nth, stop in walk for one in passed(page, problems, stop, nth)]


REFUSALS: dict[int, type[Exception]] = {
    403: Forbidden, 409: Conflict, 410: Gone, 429: TooMany, 500: ZeroDivisionError, 503: Unavailable,
}  # fmt: skip
"""What a page answers that is refused, beside the addresses of the walk that are none."""


@pytest.mark.parametrize("path", ["/privacy", "/staff/code"])
def test_every_refusal_is_sound(
    house: House, opened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    page, problems = opened()
    app = house.world.app
    endpoint, _ = app.url_map.bind("localhost").match(path)
    usual = app.view_functions[endpoint]
    for nth, (status, refusal) in enumerate(REFUSALS.items()):

        @wraps(usual)
        def refusing(why: type[Exception] = refusal) -> None:
            raise why

        monkeypatch.setitem(app.view_functions, endpoint, refusing)
        assert passed(page, problems, Stop("nobody", path, status), 11 * nth) == []


def test_over_all_pages_every_language_is_seen_in_every_theme(house: House) -> None:
    for who, languages in (("nobody", looks.RESIDENTS), ("administrator", looks.STAFF)):
        walk = numbered(stops(house.world.app, house.world.here, who))
        shown = [looks.further(nth, languages) for nth, stop in walk if stop.languages == languages]
        assert {look for one in shown for look in one} == {*looks.offered(languages)}


def test_every_screen_of_a_terminal_is_sound(house: House, opened: Callable[..., Any]) -> None:
    page, problems = opened("concierge", viewport={"width": 1080, "height": 1920})
    rules = sorted(of_terminals(house.world.app), key=lambda rule: (rule in FOR_STAFF, rule))
    assert len(rules) > 8
    page.goto(TERMINAL)
    for nth, path in enumerate(rules):
        languages = looks.STAFF if path in FOR_STAFF else looks.RESIDENTS
        shown = looks.tongues(nth, languages)
        for language in (languages[0], *shown) if looks.FULL or path not in PRESSED else shown:
            looks.speak(page, language)
            show(page, path)
            assert [(path, language, one) for one in sound.on_a_terminal(page)] == []
            assert page.locator("html").get_attribute("lang") == BY_CODE[language].html
    assert with_machines(problems) == []


def show(page: Page, path: str) -> None:
    """Come to a screen of a terminal as a press on it does, or to a page of its own."""
    page.goto(TERMINAL if path.startswith(SCREENS) else path)
    expect(page.locator("h1").first).to_be_visible()
    if path.startswith(SCREENS):
        page.evaluate(GO, path)
        expect(page.locator(".screen:not([data-before]) h1").first).to_be_visible()


def test_no_page_is_forgotten(house: House) -> None:
    """Whatever is added to the table of addresses is walked past, or named with the tests that look at it."""
    found = pages(house.world.app)
    assert len(found) > 90
    assert {walker(house.world.app, route) for route in found if not seen_elsewhere(route)} <= {*WALKERS}
    endpoints = {rule.endpoint for rule in house.world.app.url_map.iter_rules()}
    assert endpoints >= NO_PAGES
    for name, (file, *opens) in ELSEWHERE.items():
        assert any(endpoint.startswith(name) for endpoint in endpoints), name
        text = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(r"\baxe\(|passed\(", text)
        assert [one for one in opens if one not in text] == []
