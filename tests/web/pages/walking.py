"""How one page is walked past: opened, looked at in every width, and in as many other looks as are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.web.pages import looks, sound
from tests.web.pages.addresses import Stop


def passed(page: Page, problems: list[str], stop: Stop, nth: int) -> list[object]:
    """What is wrong with the nth page of a walk, each with its address."""
    sound.sized(page, stop.width, 844)
    answer = page.goto(stop.path)
    wrong: list[object] = []
    if answer is None or answer.status != stop.status or not page.url.endswith(stop.path):
        wrong.append((answer and answer.status, page.url))
    if stop.status == 200:
        wrong += with_machines(problems)
    else:
        wrong += way_back(page)
    problems.clear()
    wrong += sound.on_a_phone(page) if stop.for_residents else sound.at_a_desk(page)
    width = sound.SMALL_PHONE[0] if stop.for_residents else stop.width
    wrong += looks.seen(page, stop.path, width, looks.further(nth, stop.languages))
    problems.clear()
    return [(stop.path, one) for one in wrong]


def with_machines(problems: list[str]) -> list[str]:
    """What would be wrong if a printer and a card reader stood beside this browser."""
    return [one for one in problems if "ERR_CONNECTION_REFUSED" not in one]


def way_back(page: Page) -> Iterator[object]:
    """What is wrong with the way on from a page that refuses: a link of its own that opens something."""
    ways = [one.get_attribute("href") for one in page.locator("main a").all()]
    if not ways or any(page.request.get(one or "").status >= 400 for one in ways):
        yield "no way back", ways
