"""The line is cut for half an hour: the terminal goes on with leased numbers and hands all over once (F14)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.core.db import session
from models.tables import Ticket
from tests.chromium import Line
from tests.conftest import inside
from tests.kiosk.terminal.conftest import HOME
from tests.kiosk.terminal.test_screens_browser import MEASURE

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
expect = playwright.expect
STOCKED = """async () => {
  const answer = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const db = await answer(indexedDB.open('maeniwa-kiosk'));
  const kept = await answer(db.transaction('kept').objectStore('kept').get('offline'));
  db.close();
  const leases = Object.values(kept?.leases || {}).flat();
  return { coded: leases.length > 9 && leases.every((one) => one.code), given: (kept?.given || []).length };
}"""


@pytest.fixture
def wire(app: Flask) -> Iterator[Line]:
    made = Line(app)
    yield made
    made.cut()


@pytest.fixture
def address(wire: Line) -> str:
    return wire.address


def title(tab: Any, text: str) -> None:
    expect(tab.locator("h1")).to_contain_text(text, timeout=15000)


def press(tab: Any, text: str) -> None:
    tab.locator(".screen").get_by_text(text, exact=True).first.click()


def kept(tab: Any) -> Any:
    return tab.evaluate(STOCKED)


def wait_until(tab: Any, name: str, value: Any) -> None:
    """Wait for what the terminal keeps."""
    for _ in range(200):
        with suppress(playwright.Error):  # the page is being loaded again
            if kept(tab)[name] == value:
                return
        tab.wait_for_timeout(100)
    raise AssertionError(kept(tab))


def stocked(tab: Any) -> Any:
    """A terminal that has its leased numbers, and whose page is kept for a reload."""
    tab.clock.fast_forward(5_500)
    wait_until(tab, "coded", True)
    tab.evaluate("async () => { await navigator.serviceWorker.ready; }")
    return tab


def give(tab: Any, line: str) -> str:
    """One number while the line is cut."""
    press(tab, "番号札をとる")
    title(tab, "どの用件ですか")
    press(tab, line)
    title(tab, "受付しました")
    return str(tab.locator(".big").inner_text())


def numbers(settings: Any) -> list[str]:
    with inside(settings):
        return list(session().scalars(select(Ticket.number).order_by(Ticket.number)))


def test_f14_half_an_hour_without_a_line(kiosk, settings, clock, wire):
    tab = stocked(kiosk())
    wire.cut()
    press(tab, "番号札をとる")
    title(tab, "いま、通信が切れています")
    assert tab.locator(".screen input").count() == 0
    assert tab.evaluate(MEASURE) == []
    first = give(tab, "証明書")
    assert first == "A900"
    assert tab.locator(".slip-code svg").count() == 1
    assert tab.evaluate(MEASURE) == []
    press(tab, "終わる")
    title(tab, "いま、通信が切れています")
    tab.reload()
    title(tab, "いま、通信が切れています")
    second = give(tab, "引っ越し・世帯")
    tab.clock.fast_forward(21_000)
    title(tab, "いま、通信が切れています")
    third = give(tab, "証明書")
    assert (second, third) == ("B900", "A901")
    tab.clock.fast_forward(21_000)
    title(tab, "いま、通信が切れています")
    clock.tick(timedelta(minutes=30))
    wait_until(tab, "given", 3)
    wire.mend()
    tab.clock.fast_forward(6_000)
    title(tab, HOME)
    wait_until(tab, "given", 0)
    assert numbers(settings) == ["A900", "A901", "B900"]


def test_f14_a_lost_answer_doubles_nothing(kiosk, settings, wire):
    tab = stocked(kiosk())
    wire.cut()
    press(tab, "番号札をとる")
    title(tab, "いま、通信が切れています")
    give(tab, "証明書")
    lost = []

    def loses(route: Any) -> None:
        """The house has it, and nobody hears of it."""
        lost.append(route.fetch().status)
        route.abort()

    tab.route("**/kiosk/given", loses, times=1)
    tab.clock.fast_forward(21_000)
    title(tab, "いま、通信が切れています")
    wire.mend()
    for _ in range(40):
        if lost:
            break
        tab.clock.fast_forward(6_000)
        tab.wait_for_timeout(500)
    assert lost == [200]
    assert numbers(settings) == ["A900"]
    assert kept(tab)["given"] == 1
    tab.unroute("**/kiosk/given")
    for _ in range(40):
        if not kept(tab)["given"]:
            break
        tab.clock.fast_forward(6_000)
        tab.wait_for_timeout(500)
    assert numbers(settings) == ["A900"]
    title(tab, HOME)
