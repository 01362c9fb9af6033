"""Every page of the house in a real browser: none is forgotten, and what is promised of one is true of all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.architecture.repository import ROOT
from tests.security.addresses import roles
from tests.web.pages import sound
from tests.web.pages.addresses import (
    ELSEWHERE,
    NO_PAGES,
    SCREENS,
    TERMINAL,
    of_terminals,
    pages,
    seen_elsewhere,
    stops,
)
from tests.web.pages.conftest import House

pytestmark = pytest.mark.browser
WALKERS = ("nobody", "counter", "concierge", "administrator", "kiosk")
"""Whoever is the first of those who may see a page walks past it; screens of terminals are shown to the last."""
GO = """(href) => {
  const way = document.createElement("a");
  way.href = href;
  way.dataset.screen = "";
  document.querySelector("#screen").append(way);
  way.click();
}"""


@pytest.mark.parametrize("who", WALKERS[:-1])
def test_every_page_is_sound_in_every_width(house: House, opened: Callable[..., Any], who: str) -> None:
    page, problems = opened(who)
    wrong: list[object] = []
    for stop in stops(house.world.app, house.world.here, who):
        page.set_viewport_size({"width": 390, "height": 844})
        answer = page.goto(stop.path)
        if answer.status != stop.status or not page.url.endswith(stop.path):
            wrong.append((stop.path, answer.status, page.url))
        if stop.status == 200:
            wrong += with_machines(problems)
        else:
            wrong += way_back(page, stop.path)
        problems.clear()
        found = sound.on_a_phone(page) if stop.for_residents else sound.at_a_desk(page)
        wrong += [(stop.path, one) for one in found]
    assert wrong == []


def with_machines(problems: list[str]) -> list[str]:
    """What would be wrong if a printer and a card reader stood beside this browser."""
    return [one for one in problems if "ERR_CONNECTION_REFUSED" not in one]


def way_back(page: Page, path: str) -> Iterator[object]:
    """What is wrong with the way on from a page that refuses: a link of its own that opens something."""
    ways = [one.get_attribute("href") for one in page.locator("main a").all()]
    if not ways or any(page.request.get(one or "").status >= 400 for one in ways):
        yield path, "no way back", ways


def test_every_screen_of_a_terminal_is_sound(house: House, opened: Callable[..., Any]) -> None:
    page, problems = opened("concierge", viewport={"width": 1080, "height": 1920})
    rules = of_terminals(house.world.app)
    assert len(rules) > 8
    for path in sorted(rules, key=lambda rule: rule.startswith(SCREENS)):
        if path.startswith(SCREENS):
            page.goto(TERMINAL)
            expect(page.locator("#screen h1")).to_be_visible()
            with page.expect_response(f"**{path}*"):
                page.evaluate(GO, path)
        else:
            page.goto(path)
        expect(page.locator("h1").first).to_be_visible()
        assert [(path, one) for one in sound.on_a_terminal(page)] == []
    assert with_machines(problems) == []


def test_no_page_is_forgotten(house: House) -> None:
    """Whatever is added to the table of addresses is walked past, or named with the tests that look at it."""
    found = pages(house.world.app)
    assert len(found) > 90
    assert {roles(house.world.app, route)[0] for route in found if not seen_elsewhere(route)} <= {*WALKERS}
    endpoints = {rule.endpoint for rule in house.world.app.url_map.iter_rules()}
    assert endpoints >= NO_PAGES
    for name, (file, *opens) in ELSEWHERE.items():
        assert any(endpoint.startswith(name) for endpoint in endpoints), name
        text = (ROOT / file).read_text(encoding="utf-8")
        assert "Axe()" in text
        assert [one for one in opens if one not in text] == []
