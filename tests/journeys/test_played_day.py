"""A morning in the city hall, played in real windows: a kiosk, a board, two counters, a phone, and forty visitors.

Booked and walk-in; one is moved on, one does not come and comes back, one cannot wait long; the board's line is cut and
the kiosk's printer runs out of paper. Every screen agrees after every step, and the log adds up to the minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.core.settings import Settings
from models.operations import arrivals, booking, calling, devices
from models.queries import availability, bookings, catalogue, holder, line, live
from models.queries import devices as known
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, office
from models.rules.ticket_history import Happened, add_up, spans
from models.tables import Ticket, Visit
from tests.chromium import launched, served
from tests.conftest import START, inside
from tests.kiosk.agent.agents import agent
from tests.kiosk.agent.receipt_printer import receipt_printer
from tests.races.crowd import sized
from tests.web.people import PASSWORD, Person, employ

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]

VISITORS, BOOKED = sized(40, 11), sized(10, 3)
PATIENCE = 20_000
AI, BO = Person("ai", "counter"), Person("bo", "counter")
PLACES = {AI: "1番　証明書", BO: "2番　引っ越し・世帯"}
NEXT = {"IDO-01": "2", "JUM-01": "1"}
PAIRED = """async (secret) => {
  const { put } = await import('/kiosk/static/terminal/store.js');
  await put('agent', secret);
}"""


@dataclass
class Day:
    """The house, its clock, and the windows that look at it."""

    settings: Settings
    clock: FrozenDateTimeFactory
    board: Any = None
    kiosk: Any = None
    phone: Any = None
    counters: dict[str, Any] = field(default_factory=dict)
    held: str = ""
    steps: int = 0

    def pass_minutes(self, minutes: float) -> None:
        """Time goes by in the house."""
        self.clock.tick(timedelta(minutes=minutes))

    def turn(self, counter: str, key: str) -> None:
        """A clerk presses one key, which opens another page."""
        tab = self.counters[counter]
        with tab.expect_navigation():
            tab.keyboard.press(key)
        tab.wait_for_load_state("load")

    def press(self, counter: str, key: str) -> None:
        """A clerk presses one key; then everybody sees the same."""
        self.turn(counter, key)
        self.agree()

    def at(self, counter: str) -> str:
        """The number that a counter has, empty for none; as the house knows it."""
        with inside(self.settings):
            found = line.at_counter(honcho(), today(), counter)
            return f"{found.number} {found.state}" if found else ""

    def waiting(self) -> int:
        with inside(self.settings):
            return len(line.line(honcho(), today()))

    def agree(self) -> None:
        """Board, counters and phone show what the house knows, once those that ask by themselves have asked again."""
        self.steps += 1
        for tab, pause in ((self.board, 6_000), (self.phone, 25_000)):
            if tab is not None:
                tab.clock.fast_forward(pause)
        with inside(self.settings):
            place = honcho()
            seen = live.state(place, now())
            mine = holder.held(holder.opened(self.held), now()).ticket if self.held else None
        for counter, tab in self.counters.items():
            number = self.at(counter).partition(" ")[0]
            if number:
                expect(tab.locator(".desk > section").first).to_contain_text(number, timeout=PATIENCE)
        if seen.calls and seen.calls[0].at == now():
            expect(self.board.locator(".hero .digits")).to_have_text(seen.calls[0].number, timeout=PATIENCE)
            expect(self.board.locator(".hero")).to_contain_text(seen.calls[0].counter)
        if mine is not None and self.phone is not None:
            expect(self.phone.locator("[data-state]")).to_have_attribute(
                "data-state", mine.state, timeout=PATIENCE
            )


def honcho() -> OfficeView:
    return office("honcho")


def today() -> Any:
    return honcho().day_of(now())


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as running:
        yield running


@pytest.fixture
def day(app: Flask, settings: Settings, clock: FrozenDateTimeFactory) -> Day:
    employ(settings, AI, BO)
    return Day(settings, clock)


@pytest.fixture
def windows(browser: Any, app: Flask, day: Day) -> Iterator[Any]:
    contexts = []
    with served(app) as address:

        def opened(path: str, size: tuple[int, int], *, watches: bool = False) -> Any:
            """A window; one that watches has a clock of its own, which can be put forward."""
            context = browser.new_context(
                viewport={"width": size[0], "height": size[1]}, locale="ja-JP", base_url=address
            )
            contexts.append(context)
            tab = context.new_page()
            tab.set_default_timeout(PATIENCE)
            if watches:
                tab.clock.install()
            tab.goto(path)
            return tab

        opened.address = address  # type: ignore[attr-defined]
        yield opened
        for context in contexts:
            context.close()


def book_ahead(day: Day) -> list[str]:
    """Ten people have booked this morning; their tokens, by time."""
    with inside(day.settings):
        place = honcho()
        tokens = []
        for number in range(BOOKED):
            need = availability.need_of(
                catalogue.current(), place, ("IDO-01",) if number % 3 == 0 else ("JUM-01",)
            )
            free = availability.free_times(place, need, today(), today(), now())
            chosen = free[min(number, len(free) - 1)]
            contact = Contact("ヨヤク　タロウ", phone="0900000")
            request = booking.Request(place, need.procedures, chosen.starts_at, contact)
            tokens.append(booking.book(request).token)
        return tokens


def sign_in(day: Day, windows: Any, person: Person) -> None:
    tab = windows("/staff/sign-in", (1366, 768))
    tab.get_by_label("利用者名").fill(person.username)
    tab.get_by_label("パスワード").fill(PASSWORD)
    tab.get_by_role("button", name="サインイン").click()
    tab.get_by_label(PLACES[person]).check()
    tab.get_by_role("button", name="ここで受け付ける").click()
    tab.locator(".desk").wait_for()
    day.counters[PLACES[person][0]] = tab


def enrol(day: Day, windows: Any) -> None:
    with inside(day.settings):
        code = devices.new_code("kiosk", "honcho", "aya", "正面玄関")
    tab = windows("/kiosk/", (1080, 1920))
    tab.locator("#code").fill(code)
    tab.get_by_role("button", name="登録する").click()
    tab.get_by_text("管理者の許可を待っています").wait_for()
    with inside(day.settings):
        devices.approve(known.everything()[0].id, "aya")
    tab.get_by_text("ご用件を押してください").wait_for(timeout=40_000)
    day.kiosk = tab


def take_at_kiosk(day: Day) -> str:
    """Somebody takes a number by touch; the number on the screen is the number in the house."""
    for words in ("番号札をとる", "証明書", "住民票の写しの交付", "はい、次へ", "番号札をとる"):
        day.kiosk.locator(".screen").get_by_text(words, exact=True).first.click()
    number = str(day.kiosk.locator(".slip-number .big").inner_text())
    with inside(day.settings):
        assert line.by_number(honcho(), today(), number).state == "waiting"
    return number


def home(day: Day) -> None:
    day.kiosk.get_by_role("button", name="終わる").click()
    day.kiosk.get_by_text("ご用件を押してください").wait_for(timeout=40_000)


def walk_in(day: Day, procedure: str, priority: bool = False) -> arrivals.Issued:
    with inside(day.settings):
        return arrivals.issue(
            honcho(), [procedure], "concierge", brought=arrivals.Brought(priority=priority, by_staff=True)
        )


def check_in(day: Day, token: str) -> arrivals.Issued:
    with inside(day.settings):
        return arrivals.check_in(honcho(), bookings.by_token(token), "concierge")


def serve_all(day: Day, most: int = 200) -> None:
    """Both counters call, start and finish until nobody waits."""
    for _ in range(most):
        if not day.waiting() and not day.at("1") and not day.at("2"):
            return
        for counter in ("1", "2"):
            if day.at(counter) or day.waiting():
                day.press(counter, "F2")
        day.pass_minutes(1)
    raise AssertionError("the line never ended")


def numbers_on_paper(day: Day, windows: Any, tmp_path: Any) -> None:
    """The first number comes out on paper; for the second there is no paper, and the number stands all the same."""
    with (
        receipt_printer() as paper,
        agent(paper.address, tmp_path / "agent", origin=windows.address) as beside,
    ):
        enrol(day, windows)
        there = f":{beside.port}"
        day.kiosk.route(
            "http://127.0.0.1:8631/**",
            lambda route: route.continue_(url=route.request.url.replace(":8631", there)),
        )
        day.kiosk.evaluate(PAIRED, beside.secret)
        first = take_at_kiosk(day)
        expect(day.kiosk.locator("[data-print]")).to_contain_text(
            "番号札をお取りください", use_inner_text=True, timeout=PATIENCE
        )
        home(day)
        paper.paper_rows = 0
        second = take_at_kiosk(day)
        expect(day.kiosk.locator("[data-print]")).to_contain_text(
            "紙がなくなりました", use_inner_text=True, timeout=PATIENCE
        )
        assert (first, second) == ("A001", "A002")
        assert len(paper.whole_slips()) == 1


def the_others_come(day: Day, windows: Any, tokens: list[str]) -> str:
    """A phone follows one number; the booked check in, the others take numbers, the last cannot wait long."""
    followed = walk_in(day, "JUM-01")
    day.held = followed.token
    day.phone = windows(f"/tickets/{followed.token}", (390, 844), watches=True)
    day.agree()
    for token in tokens:
        check_in(day, token)
    for number in range(VISITORS - len(tokens) - 4):
        walk_in(day, "IDO-01" if number % 2 else "JUM-01")
    return walk_in(day, "JUM-01", priority=True).number


def one_does_not_come(day: Day) -> str:
    """Called and not there: the board says so, the counter goes on."""
    day.press("1", "F2")
    missing = day.at("1").split()[0]
    day.pass_minutes(2)
    day.press("1", "F8")
    with inside(day.settings):
        assert line.by_number(honcho(), today(), missing).state == "absent"
    expect(day.board.locator("[data-piece=foot]")).to_contain_text(missing, timeout=PATIENCE)
    return missing


def one_is_moved_on(day: Day) -> None:
    """From counter 1 to the line for moving house, with number and place."""
    if not day.at("1"):
        day.press("1", "F2")
    day.press("1", "F2")
    moved = day.at("1").split()[0]
    day.turn("1", "F6")
    tab = day.counters["1"]
    expect(tab.get_by_role("radio").first).to_be_focused()
    tab.keyboard.press("ArrowDown")
    expect(tab.get_by_role("radio", name="引っ越し・世帯")).to_be_checked()
    day.press("1", "F2")
    with inside(day.settings):
        onward = line.by_number(honcho(), today(), moved)
        assert (onward.state, onward.queue, onward.leg) == ("waiting", "B", 2)


def the_line_is_cut(day: Day) -> None:
    """The board says so after fifteen seconds, with the time, and heals by itself."""
    day.board.context.set_offline(True)
    day.board.clock.fast_forward(16_000)
    expect(day.board.get_by_text("更新停止").first).to_be_visible(timeout=40_000)
    day.board.context.set_offline(False)
    expect(day.board.get_by_text("更新停止").first).to_be_hidden(timeout=40_000)


def test_a_morning_at_the_hall_adds_up_to_the_second(day: Day, windows: Any, tmp_path: Any) -> None:
    tokens = book_ahead(day)
    for person in (AI, BO):
        sign_in(day, windows, person)
    day.board = windows("/board/honcho", (1920, 1080), watches=True)
    numbers_on_paper(day, windows, tmp_path)
    urgent = the_others_come(day, windows, tokens)
    missing = one_does_not_come(day)
    one_is_moved_on(day)
    the_line_is_cut(day)
    with inside(day.settings):
        calling.step(honcho(), missing, "return", "ai")
    serve_all(day)
    assert day.steps > VISITORS
    adds_up(day, urgent)


def adds_up(day: Day, urgent: str) -> None:
    """Every visitor was served, once; the spans of every stay add up to the second, and the events to the rows."""
    with inside(day.settings):
        place = honcho()
        rows = (
            session().scalars(select(Ticket).where(Ticket.office_id == place.id, Ticket.day == today())).all()
        )
        visits = session().scalars(select(Visit).where(Visit.day == today())).all()
        assert len(visits) == VISITORS
        assert {row.state for row in rows} <= {"done", "transferred"}
        assert sum(row.state == "transferred" for row in rows) == 1
        handled = []
        for row in rows:
            found = line.one(row.id)
            events = [
                Happened(one.at, one.kind, one.before, one.after, one.counter) for one in line.events(found)
            ]
            total = add_up(events)
            assert (total.state, total.called_at, total.finished_at) == (
                row.state,
                row.called_at,
                row.finished_at,
            )
            end = next(one.at for one in reversed(events) if one.after == row.state)
            minutes = sum(spans(events, end).values())
            assert minutes == pytest.approx((end - events[0].at).total_seconds() / 60, abs=1 / 60)
            handled.append(row)
        calls = [row for row in rows if row.called_at is not None]
        assert len(calls) == len(rows)
        assert min(row.called_at for row in rows if row.called_at) >= START
        ahead = next(row for row in rows if row.number == urgent)
        behind = [
            row for row in rows if row.queue == "A" and row.source == "walk_in" and row.number != urgent
        ]
        assert any(row.called_at and ahead.called_at and row.called_at > ahead.called_at for row in behind)
