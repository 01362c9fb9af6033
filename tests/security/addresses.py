"""Every address of the product with things that exist in it, and what each writing call is sent.

A new kind of place in an address, or a new call that takes JSON, fails here until it is given a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from flask import Flask

from models.catalogue.loader import load
from models.rules.forms.json_schema import example
from tests.security.world import HOME, Town
from web import access

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PLACE = re.compile(r"<(?P<kind>[^<>]*:)?(?P<name>[^<>:]+)>")
FREE = "2026-11-26T10:00:00+09:00"
"""A beginning that nobody has booked."""
LIBRARIES = ("static", "bootstrap.static")


@dataclass(frozen=True)
class Route:
    """One address pattern with one method."""

    endpoint: str
    method: str
    rule: str

    @property
    def api(self) -> bool:
        """Whether it is the machines' door."""
        return self.rule.startswith("/api/")

    @property
    def terminal(self) -> bool:
        """Whether a kiosk or LINE's servers ask: their own key signs what a form's token guards elsewhere."""
        return self.rule.startswith(("/kiosk/", "/line/"))

    @property
    def safe(self) -> bool:
        """Whether it only looks."""
        return self.method in SAFE

    @property
    def places(self) -> tuple[str, ...]:
        """What has to be filled in: the argument's name, a token's with what it opens before it."""
        return tuple(self._named(match) for match in PLACE.finditer(self.rule))

    def address(self, values: Mapping[str, str]) -> str:
        """The address with these things in it."""
        return PLACE.sub(lambda match: quote(values[self._named(match)], safe="/"), self.rule)

    def _named(self, match: re.Match[str]) -> str:
        before = self.rule[: match.start()].rstrip("/").rpartition("/")[2]
        return f"{before}/{match['name']}" if match["name"] in ("token", "number") else match["name"]

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def routes(app: Flask) -> list[Route]:
    """Every address pattern of the product with each of its methods."""
    found = {
        Route(rule.endpoint, method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    return sorted(found, key=lambda route: (route.rule, route.method))


def values(town: Town) -> dict[str, str]:
    """Something that exists for each place in an address."""
    return {
        "bookings/token": town.mine.booking,
        "applications/token": town.mine.application,
        "tickets/token": town.ticket,
        "waiting/token": town.waiting,
        "reference": town.mine.reference,
        "job": town.job,
        "entry": "publish-slots",
        "proposal": "1",
        "revision": "1",
        "plan": "1",
        "kind": "reminder",
        "language": "ja",
        "way": "email",
        "letter": "1",
        "receipt": town.receipt,
        "receiver": "1",
        "tickets/number": town.number,
        "voice/number": town.number,
        "username": "hiro",
        "office": HOME,
        "counter": "2",
        "form": "F02",
        "step": "head",
        "action": "cancel",
        "call": "1",
        "code": "JUM-01",
        "weekday": "1",
        "by": "weekday",
        "table": "daily",
        "file": "csv",
        "screen": "counter",
        "filename": "theme.css",
        "device": "1",
        "printer": "1",
        "sheet": "1",
        "system": "1",
        "slips/number": "1",
        "piece": "1",
        "question": "hours",
        "spot": "home",
    }


QUERIES = {
    "tuning.ask": "?share=90&within=10",
    "api_offices.list_slots": "?procedure=JUM-01",
    "api_reports.before_after": "?change=2026-10-01",
}
"""Where looking needs a question."""
FIXED = {
    "api_line.take_step": {"step": "start"},
    "bootstrap.static": {"filename": "css/bootstrap.min.css"},
    "kiosk.static": {"filename": "terminal/screen.css"},
    "rosters.made": {"plan": "2"},
    "staffing.why": {"weekday": "4"},
    "rosters.cancel": {"plan": "2"},
    "rosters.as_table": {"plan": "2"},
    "rosters.as_calendar": {"plan": "2"},
}
"""Where a place has another meaning than elsewhere."""
PRIVATE = (
    "bookings/token", "applications/token", "tickets/token", "waiting/token", "reference", "receipt", "job",
    "tickets/number", "username", "office", "counter",
)  # fmt: skip
"""Places that name something of somebody or of some city."""


def address(route: Route, town: Town, **other: str) -> str:
    """The address of something that exists in a city; `other` puts something else into one place."""
    known = {**values(town), **FIXED.get(route.endpoint, {})}
    unknown = set(route.places) - set(known)
    assert not unknown, f"{route}: give {unknown} a value in tests/security/addresses.py"
    chosen = {name: other.get(name.replace("/", "_"), value) for name, value in known.items()}
    return town.prefix + route.address(chosen) + QUERIES.get(route.endpoint, "")


def roles(app: Flask, route: Route) -> tuple[str, ...]:
    """Who may use it, `nobody` where everybody may."""
    policy = access.policy_of(app, route.endpoint)
    assert policy is not None, route
    if policy.kind in ("public", "holder"):
        return ("nobody",)
    order = ("counter", "concierge", "administrator", "manager", "kiosk", "board")
    return tuple(role for role in order if role in policy.names)


@cache
def smallest(form: str) -> dict[str, Any]:
    """The smallest answers that a form takes."""
    return example(load().forms[form])


def bodies(town: Town) -> dict[str, dict[str, Any]]:
    """A JSON body that is taken, for each call of the API that reads one."""
    contact = {"name": f"{town.kana}　オナ", "phone": "090-1234-5678"}
    return {
        "api_bookings.book": {
            "procedures": ["JUM-01"],
            "starts_at": FREE,
            "contact": contact,
            "notes": "静か",
        },
        "api_bookings.move": {"starts_at": FREE},
        "api_applications.file": {"form": "F01", "fields": smallest("F01")},
        "api_tickets.issue": {"procedures": ["JUM-01"]},
        "api_tickets.check_in": {"code": town.other.code},
        "api_tickets.reissue": {"code": town.ended.reference},
        "api_counter.scan": {"code": town.mine.code, "counter": "2"},
        "api_counter.order_print": {"printer": "1"},
        "api_line.call_next": {},
        "api_line.take_step": {"counter": "2"},
        "api_line.transfer": {"queue": "K"},
        "api_line.undo": {"reason": "mispress"},
        "api_line.prioritise": {"on": True},
        "api_line.cancel": {},
        "api_line.come_back": {},
        "api_line.open_counter": {"take_over": True},
        "api_line.close_counter": {"ending": "lunch"},
        "api_what_if.compare": {"queue": "A", "booking_share": 0.5},
        "api_staffing.plan": {"target": {"share": 0.9, "within_minutes": 10}, "queue": "A"},
    }


WITHOUT_BODY = frozenset({"api_applications.delete", "api_bookings.cancel", "api_held.leave"})
LOGS = frozenset({"api_reports.import_visits"})
"""Calls that take a CSV file."""
LOG = b"ticket_id,queue,arrived_at,called_at,finished_at\n9,A,2026-11-20 09:00,2026-11-20 09:05,2026-11-20 09:15\n"


def sent(route: Route, town: Town) -> dict[str, Any]:
    """What a call of the API is sent, as arguments of the test client."""
    if route.safe or route.endpoint in WITHOUT_BODY:
        return {}
    if route.endpoint in LOGS:
        return {"data": LOG, "content_type": "text/csv"}
    known = bodies(town)
    assert route.endpoint in known, f"{route}: give it a body in tests/security/addresses.py"
    return {"json": known[route.endpoint]}


def strangers(place: str, town: Town, other: Town) -> Iterator[tuple[str, str]]:
    """What must not be found in a place of an address, by what it is."""
    foreign = {**values(other), "office": "x-office"}
    yield "malformed", "nix"
    yield "long", "A" * 300
    yield "japanese", "庁舎"
    yield "wildcard", "%"
    yield "statement", "' OR 1=1 --"
    if place.endswith("token"):
        yield "unknown", "A" * 32
        yield "another city's", foreign[place]
        yield "in small letters", values(town)[place].lower()
        yield "its QR code", town.mine.code
        yield "its QR code's token", town.mine.code.removeprefix("M1")
        yield "its reference", town.mine.reference
        yield "a bearer token", town.bearers["counter"]
        yield "another thing's token", values(town)[OTHER_THING[place]]
    elif place == "reference":
        yield "unknown", "22222222"
        yield "another city's", foreign[place]
        yield "a booking's", town.mine.booking_reference
        yield "a token", town.mine.application
    elif place in ("job", "tickets/number", "username"):
        yield "unknown", {"job": "2" * 16, "tickets/number": "Z999", "username": "nobody"}[place]
        if place == "job":
            yield "another city's", foreign[place]
    elif place == "counter":
        yield "unknown", "99"


OTHER_THING = {
    "bookings/token": "tickets/token",
    "applications/token": "bookings/token",
    "tickets/token": "applications/token",
    "waiting/token": "bookings/token",
}
