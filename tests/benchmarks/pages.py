"""What a look at each page costs on the demo municipality at ten in the morning: processor time and statements.

First in the process itself (p50 of the processor time, and how many statements go to the database), then through
granian and loopback (processor time of the whole server a look, and p50 by the clock, which other programs move).
"""

from __future__ import annotations

import http.client
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import cycle, islice
from statistics import median
from unittest.mock import patch
from urllib.parse import quote
from zoneinfo import ZoneInfo

import psutil
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from models.core import clock
from models.core.settings import Settings
from models.operations import arrivals, calling, counters, facts, forecasting, keeping
from models.queries import availability, catalogue
from models.queries.offices import office
from scheduler.opening import open_up
from tests.conftest import inside
from tests.kiosk.browser_key import let_in
from tests.races.server import Server, running
from tests.web.people import AYA, BEN, CHIE, KEIKO, employ, post, sign_in
from wsgi import create_app as product

ROUNDS, WARM = 40, 5
JAPAN = ZoneInfo("Asia/Tokyo")
WAITING, BUSY = 24, ("2", "3", "4")
CODES = ("JUM-01", "IDO-01", "KOS-01", "JUM-02", "INK-01")
MINE = ("/counter/tickets/{called}", "/counter/tickets/{called}/finish", "/counter/tickets/{called}/transfer")


PAGES = {
    "nobody": (
        "/", "/offices", "/privacy", "/guide/", "/guide/questions?event=tenkyo",
        "/guide/result?event=shomei&certs=juminhyo&comer=self", "/guide/search", "/guide/search?q=住民票",
        "/guide/procedures/JUM-01", "/book/?procedure=JUM-01", "/book/?procedure=IDO-01",
        "/book/?procedure=JUM-01&month={month}", "/book/contact?procedure=JUM-01&office=honcho&starts_at={time}",
        "/now/", "/now/honcho", "/now/honcho/calendar", "/now/honcho/calendar?procedure=JUM-01",
        "/bookings/{booking}", "/bookings/{booking}/change", "/tickets/{ticket}", "/tickets/{ticket}/now",
        "/board/honcho", "/board/honcho/state", "/accessibility", "/offline", "/take/", "/take/honcho",
        "/staff/sign-in", "/book/wait?procedure=JUM-01&office=honcho", "/bookings/{booking}/cancel",
        "/bookings/{booking}/forms/F01/check",
        "/bookings/{booking}/change/confirm?starts_at={time}", "/tickets/{ticket}/notices", "/tickets/{ticket}/leave",
    ),
    "kiosk": (
        "/kiosk/screens/home", "/kiosk/screens/ticket/", "/kiosk/screens/status/", "/kiosk/screens/booking", "/kiosk/",
        "/kiosk/screens/language", "/kiosk/screens/check-in", "/kiosk/screens/check-in/number",
        "/kiosk/screens/writing", "/kiosk/printer",
    ),
    "counter": (
        "/counter/", *MINE, "/counter/tickets/{called}/undo", "/counter/prints", "/counter/place", "/counter/card",
        "/staff/time", "/staff/password",
    ),
    "concierge": ("/counter/", "/counter/hall", "/counter/tickets/new"),
    "manager": (
        "/manager/", "/manager/today", "/manager/tickets", "/manager/trend", "/manager/forecast", "/manager/estimates",
        "/manager/staffing", "/manager/staffing/weekly", "/manager/roster", "/manager/roster/rules",
        "/manager/what-if", "/manager/slots", "/manager/opening-hours", "/manager/savings",
        "/manager/staffing/why/1", "/manager/?by=procedure", "/manager/import",
    ),
    "administrator": (
        "/admin/", "/admin/changes/", "/admin/crossing/", "/admin/devices/", "/admin/doctor/",
        "/admin/forms/", "/admin/forms/F02", "/admin/hall/", "/admin/hall/limits", "/admin/handover/", "/admin/hours/",
        "/admin/jobs/", "/admin/messages/", "/admin/messages/undelivered/", "/admin/messages/ways/", "/admin/offices/",
        "/admin/offices/honcho", "/admin/offices/new", "/admin/offices/honcho/counters",
        "/admin/offices/honcho/procedures", "/admin/places/", "/admin/printers/", "/admin/procedures/",
        "/admin/procedures/JUM-01", "/admin/retention/", "/admin/sealing/", "/admin/slots/", "/admin/staff/",
        "/admin/tokens/", "/admin/words/", "/admin/words/home",
    ),
}  # fmt: skip
"""What each kind of browser opens."""
STAFF = {"counter": BEN, "concierge": KEIKO, "manager": CHIE, "administrator": AYA}


def ahead() -> timedelta:
    """How long it is until the next ten in the morning of a day on which the demo's main office is open."""
    at = datetime.now(JAPAN)  # noqa: TID251  (the house's own clock is what is being moved)
    wanted = at.replace(hour=10, minute=0) + timedelta(days=at.hour >= 10)
    while wanted.weekday() > 4:
        wanted += timedelta(days=1)
    return wanted - at


def create_app() -> Flask:
    """The product on a clock that says ten in the morning, and goes on."""
    moved, read = ahead(), clock._read
    patch.object(clock, "_read", lambda: read() + moved).start()
    return product()


def fill(settings: Settings) -> dict[str, str]:
    """The demo municipality as `serve --demo` opens it, with a hall of people; the words that addresses need."""
    opened = open_up(settings, with_demo=True)
    employ(settings, *STAFF.values())
    with inside(settings):
        place, at = office("honcho"), clock.now()
        facts.make_all()
        forecasting.refresh_all(place.day_of(at))
        keeping.answer_all(place.day_of(at))
        for number in BUSY:
            counters.open_counter(place, number, "staff")
        issued = [arrivals.issue(place, [code], "staff") for code in islice(cycle(CODES), WAITING)]
        called = [calling.call_next(place, number, "staff") for number in BUSY]
        later = availability.nearest(
            place, availability.need_of(catalogue.current(), place, ["JUM-01"]), at, at
        )[0]
    return {
        "booking": opened.booking,
        "ticket": issued[-1].token,
        "called": next(one.number for one in called if one),
        "time": later.starts_at.astimezone(JAPAN).strftime("%Y-%m-%dT%H:%M"),
        "month": f"{(later.starts_at.astimezone(JAPAN) + timedelta(days=31)):%Y-%m}",
    }


def browsers(app: Flask, settings: Settings) -> dict[str, FlaskClient]:
    """One browser of each kind; the counter's has taken its place."""
    found = {who: sign_in(app, person) for who, person in STAFF.items()}
    post(found["counter"], "/counter/place", "/counter/place", place=f"honcho/{BUSY[0]}")
    return {"nobody": app.test_client(), "kiosk": let_in(app, settings).client, **found}


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement that goes to a database inside the block."""
    found: list[str] = []

    def noted(_: object, __: object, statement: str, *___: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", noted)
    yield found
    event.remove(Engine, "before_cursor_execute", noted)


def alone(browser: FlaskClient, path: str) -> tuple[int, float]:
    """Statements of a look, and p50 of its processor milliseconds in this process."""
    for _ in range(WARM):
        assert browser.get(path).status_code == 200, path
    took = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        browser.get(path)
        took.append((time.process_time() - begun) * 1000)
    with counted() as statements:
        browser.get(path)
    return len(statements), median(took)


def served(server: Server, browser: FlaskClient, path: str) -> tuple[float, float]:
    """Processor milliseconds of the server a look, and p50 by the clock, over one kept connection."""
    said = {
        "Cookie": "; ".join(f"{one.key}={one.value}" for one in browser._cookies.values()),
        "User-Agent": str(browser.environ_base["HTTP_USER_AGENT"]),
    }
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    took, spent = [], 0.0
    for number in range(WARM + ROUNDS):
        if number == WARM:
            spent = busy(server)
        begun = time.perf_counter()
        connection.request("GET", quote(path, safe="/?&=-:"), headers=said)
        answer = connection.getresponse()
        assert (answer.read() and answer.status) == 200, path
        took.append((time.perf_counter() - begun) * 1000)
    connection.close()
    return (busy(server) - spent) * 1000 / ROUNDS, median(took[WARM:])


def busy(server: Server) -> float:
    """Processor seconds of the server and its workers so far."""
    head = psutil.Process(server.process.pid)
    every = [one.cpu_times() for one in (head, *head.children(recursive=True))]
    return sum(one.user + one.system for one in every)


def main() -> None:
    """Print the table; with words as arguments only the pages whose address begins with one of them."""
    asked = tuple(sys.argv[1:]) if __name__ == "__main__" else ()
    with tempfile.TemporaryDirectory(prefix="maeniwa-bench-") as folder:
        os.environ |= {"MAENIWA_INSTANCE": f"{folder}/instance", "MAENIWA_LOG_LEVEL": "error"}
        app = create_app()
        settings: Settings = app.extensions["maeniwa"].settings
        words = fill(settings)
        print(f"{'':70}{'statements':>11}{'ms':>7}{'server ms':>11}{'by clock':>10}")
        with running(settings, workers=1, app="tests.benchmarks.pages:create_app") as server:
            for who, browser in browsers(app, settings).items():
                for path in PAGES[who]:
                    if path.startswith(asked or "/"):
                        address = path.format(**words)
                        statements, alone_ms = alone(browser, address)
                        server_ms, clocked = served(server, browser, address)
                        print(
                            f"{f'{who} {path}':70}{statements:>11}{alone_ms:>7.1f}{server_ms:>11.1f}{clocked:>10.1f}",
                            flush=True,
                        )


if __name__ == "__main__":
    main()
