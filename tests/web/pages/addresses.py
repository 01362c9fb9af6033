"""Which addresses are pages, what each needs to show something, and which tests open those that are left out here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from tests.past_visits import MONDAY
from tests.security.addresses import LIBRARIES, Route, address, roles, routes
from tests.security.world import Town
from tests.web.pages import looks
from web.counter import handing

SPAN = f"from={MONDAY - timedelta(21)}&to={MONDAY + timedelta(6)}"
SHORTER = (
    f"from={MONDAY - timedelta(21)}&to={MONDAY - timedelta(1)}"
    "&opens.0=09:00&closes.0=10:15&opens.1=09:00&closes.1=16:30"
)
FILES = re.compile(r"\.(csv|ics|js|json|pdf|png|svg|webmanifest)$")
NO_PAGES = frozenset(
    {
        "board.say", "board.state", "exports.facts", "handover.file", "health.alive", "health.ready",
        "kiosk.pieces", "kiosk.static", "kiosk_enrol.state", "metrics.page", "prefill.towns", "sign_in.here",
        "waiting.latest",
    }
)  # fmt: skip
"""What systems read, files whose address does not say so, and what is a part of a page."""
ELSEWHERE = {
    "board.": ("tests/kiosk/board/test_board_browser.py", "/board/honcho", "/board/?lang"),
    "styleguide.": ("tests/web/test_gallery_browser.py", "SCREENS"),
    "handover.page": ("tests/web/counter/test_desk_browser.py", "「住民記録」へコピー"),
    "undelivered.ask": ("tests/web/test_notices_browser.py", "undelivered/{told.letter}"),
    "sealing.page": ("tests/web/resident/test_sealing_browser.py", "/sealed"),
    "first_run.": ("tests/web/admin/test_first_run_browser.py", "PAGE + question"),
}
"""Pages, by the beginning of their endpoint's name, that need more than this city has: which tests run axe on them."""
LEAD_ON = ("prefill.start",)
"""Addresses that send on: a form's beginning, to where one stopped."""
TERMINAL = "/kiosk/"
SCREENS = "/kiosk/screens/"
"""Under which the screens of a terminal are, which come into a page that stays; the rest are pages of their own."""
TIME = "2026-11-25T10:00"
ASKED = {
    "booking.page": "?procedure=JUM-01",
    "booking.contact": f"?procedure=JUM-01&starts_at={TIME}",
    "waiting_list.page": "?procedure=JUM-01&office=honcho",
    "changing.confirm": f"?starts_at={TIME}",
    "guide.question": "?event=shomei",
    "guide.result": "?event=shomei&certs=koseki_other&certs=juminhyo&comer=agent",
    "doctor.ask": "?what=slots",
    "hours.week": "?office=honcho&first=2027-01-04",
    "slots.preview": "?office=honcho&kind=close&first=2026-11-27&last=&reason=x",
}
"""What an address must be asked before it shows its page."""
MORE = (
    "/guide/questions?event=tenkyo&moved=true&foreign=false", "/guide/questions?event=tenkyo&moved=false",
    "/guide/search?q=zzz", "/book/?procedure=JUM-01&month=2026-12", "/book/?procedure=KOT-02&procedure=RMT-01",
    "/nothing",
)  # fmt: skip
"""More that residents see: questions, a search without a hit, a month, an office far away, an address that is none."""
MINE = (
    "/change?month=2026-12",
    "/forms/F02/head?mend=1",
    "/forms/F02/todoke",
    "/forms/F02/addr",
    "/forms/F02/people-0",
)
"""More of a booking."""
OF_STAFF = {
    "concierge": ("/counter/",),
    "counter": ("/manager/?by=hour",),
    "administrator": ("/admin/doctor/?whole=true", "/admin/forms/F04", "/admin/nothing"),
    "manager": (
        f"/manager/?{SPAN}", f"/manager/?by=procedure&{SPAN}", "/manager/?from=2020-01-01&to=2020-01-31",
        f"/manager/?by=prefilled&from=2024-04-01&to={MONDAY + timedelta(6)}", f"/manager/staffing?{SPAN}",
        "/manager/staffing/weekly?sample=1", f"/manager/opening-hours?{SHORTER}", f"/manager/savings?{SPAN}",
        f"/manager/what-if?{SPAN}&booked=50&counters=2&example=booked_alone", f"/manager/estimates?{SPAN}",
        "/manager/trend?of=all", f"/manager/trend?change={MONDAY - timedelta(14)}", f"/manager/tickets?{SPAN}",
        "/manager/roster/3",
    ),
}  # fmt: skip
"""More that staff see, also what they are refused."""
ANSWERS = {
    "/nothing": 404,
    "/admin/nothing": 404,
    "/manager/?by=hour": 403,
    "/admin/hours/week?office=honcho&first=2027-01-04": 422,
}
"""The status of what is no page, of what is not for everybody, and of a week whose hours are missing."""


@dataclass(frozen=True)
class Stop:
    """One page of the walk: who opens it where, and the status that it answers."""

    who: str
    path: str
    status: int = 200

    @property
    def for_residents(self) -> bool:
        """Whether it is read on a phone first."""
        return self.who == "nobody" and not self.path.startswith("/staff")

    @property
    def width(self) -> int:
        """That of the screen it is read on first."""
        return 390 if self.for_residents else 1366

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that it can be read in."""
        return looks.RESIDENTS if self.for_residents else looks.STAFF


def pages(app: Flask) -> list[Route]:
    """Every address that answers a page, a terminal's screens among them."""
    return [
        route
        for route in routes(app)
        if route.safe and not route.api and route.endpoint not in (*LIBRARIES, *NO_PAGES)
        if not FILES.search(route.rule)
    ]


def walker(app: Flask, route: Route) -> str:
    """Who walks past it: the first who may see it, and managers past what is theirs."""
    found = roles(app, route)
    return "manager" if found == ("administrator", "manager") else found[0]


def seen_elsewhere(route: Route) -> bool:
    """Whether another file of tests opens it, or it shows nothing here."""
    return route.endpoint.startswith((*ELSEWHERE, *LEAD_ON))


def stops(app: Flask, town: Town, who: str) -> Iterator[Stop]:
    """The walk of one role: every page that is its own to look at, then what pages show when asked for more."""
    for route in pages(app):
        if walker(app, route) == who and not seen_elsewhere(route) and not route.rule.startswith(TERMINAL):
            path = address(route, town).partition("?")[0].removeprefix(town.prefix)
            path += (
                _handed_over(app, town)
                if route.endpoint == "handing.renewed"
                else ASKED.get(route.endpoint, "")
            )
            yield Stop(who, path, ANSWERS.get(path, 200))
    more = (*MORE, *(f"/bookings/{town.mine.booking}{path}" for path in MINE))
    for path in more if who == "nobody" else OF_STAFF.get(who, ()):
        yield Stop(who, path, ANSWERS.get(path, 200))


def numbered(walk: Iterable[Stop]) -> Iterator[tuple[int, Stop]]:
    """Each stop of a walk, counted among those that can be read in the same languages."""
    passed: Counter[tuple[str, ...]] = Counter()
    for stop in walk:
        yield passed[stop.languages], stop
        passed[stop.languages] += 1


def _handed_over(app: Flask, town: Town) -> str:
    """The code of a booking as the counter seals it for its own next page."""
    with app.test_request_context():
        return f"?code={handing.seal(town.mine.booking)}"


def of_terminals(app: Flask) -> list[str]:
    """What a terminal shows and can be asked for by address."""
    return [route.rule for route in pages(app) if route.rule.startswith(TERMINAL)]
