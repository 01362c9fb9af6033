"""A municipality's plan as data: its offices, hours, counters and what each offers; the demo city is one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.catalogue.definitions import Catalogue, Words
from models.catalogue.procedures_loader import resolve, resolve_all
from models.catalogue.source import Document, Node, read
from models.catalogue.words import read_words

DEMO = Path(__file__).parent / "demo.yaml"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CODE = re.compile(r"[a-z][a-z0-9-]{1,31}\Z")
_COUNTER = re.compile(r"[0-9A-Za-z]{1,8}\Z")
_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])\Z")
_CHECK_WEIGHTS = (6, 5, 4, 3, 2)


@dataclass(frozen=True)
class HoursPlan:
    """One span of opening hours on a weekday (0 = Monday), office-local; a lunch break makes two."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class ExceptionPlan:
    """One date with other hours than its weekday's; closed all day where `opens` and `closes` are None."""

    day: date
    reason: str
    opens: time | None
    closes: time | None


@dataclass(frozen=True)
class CounterPlan:
    """窓口: a numbered desk with the queues it serves, the first one first."""

    number: str
    name: str
    queues: tuple[str, ...]


@dataclass(frozen=True)
class OfficePlan:
    """One office; `access` says how to get there, `booking_days_ahead` in days, `bookable_share` from 0 to 1."""

    code: str
    words: Words
    address: str
    access: Words | None
    telephone: str
    timezone: str
    hours: tuple[HoursPlan, ...]
    exceptions: tuple[ExceptionPlan, ...]
    procedures: tuple[str, ...]
    counters: tuple[CounterPlan, ...]
    booking_days_ahead: int
    bookable_share: float


@dataclass(frozen=True)
class MunicipalityPlan:
    """A municipality as it starts: everything that `init` writes into a new space."""

    code: str
    words: Words
    government_code: str
    population: int
    offices: tuple[OfficePlan, ...]


def load_plan(path: Path, catalogue: Catalogue) -> MunicipalityPlan:
    """Read a plan whose procedures and queues are those of `catalogue`; CatalogueError where it is broken."""
    return read_plan(read(path), catalogue)


def load_demo_plan(catalogue: Catalogue) -> MunicipalityPlan:
    """The plan of the demo municipality 前庭市."""
    return load_plan(DEMO, catalogue)


def read_plan(document: Document, catalogue: Catalogue) -> MunicipalityPlan:
    """The plan that `document` holds; CatalogueError where it is broken."""
    root = document.root
    root.only("municipality", "booking", "offices")
    city = root.child("municipality")
    city.only("code", "name", "government_code", "population")
    booking = _booking(root.child("booking"), None)
    offices = tuple(_office(code, node, catalogue, booking) for code, node in root.child("offices").entries())
    if not offices:
        root.fail("no office, expected at least one", "offices")
    return MunicipalityPlan(
        code=_code(city.child("code"), city.text("code")),
        words=read_words(city.child("name")),
        government_code=_government_code(city.child("government_code")),
        population=city.integer("population", low=1),
        offices=offices,
    )


def check_digit(five: str) -> str:
    """The sixth digit of a 全国地方公共団体コード: 11 - (weighted sum mod 11), last digit; weights 6 5 4 3 2."""
    total = sum(weight * int(digit) for weight, digit in zip(_CHECK_WEIGHTS, five, strict=True))
    return str(11 - total % 11)[-1]


def _office(code: str, node: Node, catalogue: Catalogue, booking: tuple[int, float]) -> OfficePlan:
    node.only(
        "name", "address", "access", "telephone", "timezone", "hours", "exceptions", "procedures", "counters",
        "booking",
    )  # fmt: skip
    hours = tuple(_hours(node.child("hours")))
    if not hours:
        node.fail("the office is never open, expected hours on a weekday", "hours")
    procedures = _procedures(node.child("procedures"), catalogue)
    counters = tuple(_counter(number, one, catalogue) for number, one in node.child("counters").entries())
    served = {queue for counter in counters for queue in counter.queues}
    for procedure in procedures:
        queue = catalogue.procedures[procedure].queue
        if queue not in served:
            node.fail(f"no counter serves queue {queue} of {procedure}, expected one", "counters")
    days, share = _booking(node.child("booking"), booking) if node.has("booking") else booking
    return OfficePlan(
        code=_code(node, code),
        words=read_words(node.child("name")),
        address=node.text("address"),
        access=read_words(node.child("access")) if node.has("access") else None,
        telephone=node.text("telephone", ""),
        timezone=_timezone(node),
        hours=hours,
        exceptions=tuple(_exception(day, one) for day, one in node.mapping("exceptions").items()),
        procedures=procedures,
        counters=counters,
        booking_days_ahead=days,
        bookable_share=share,
    )


def _booking(node: Node, usual: tuple[int, float] | None) -> tuple[int, float]:
    node.only("days_ahead", "share")
    if usual is None:
        return node.integer("days_ahead", low=1, high=366), node.number("share", high=1)
    return (
        node.integer("days_ahead", low=1, high=366, default=usual[0]),
        node.number("share", high=1, default=usual[1]),
    )


def _hours(node: Node) -> Iterator[HoursPlan]:
    node.only(*WEEKDAYS)
    for weekday, name in enumerate(WEEKDAYS):
        spans = [(item, *_span(item)) for item in node.listing(name)]
        for (_, _, closes), (later, opens, _) in pairwise(spans):
            if opens < closes:
                later.fail("begins before the one before it ends, expected spans in order")
        yield from (HoursPlan(weekday, opens, closes) for _, opens, closes in spans)


def _span(node: Node) -> tuple[time, time]:
    match = _SPAN.match(node.as_text())
    if match is None:
        node.fail(f"`{node.value}` is no span of hours, expected for example '08:30-17:15'")
    first, second, third, fourth = (int(part) for part in match.groups())
    opens, closes = time(first, second), time(third, fourth)
    if opens >= closes:
        node.fail(f"`{node.value}` ends before it begins, expected the earlier time first")
    return opens, closes


def _exception(day: str, node: Node) -> ExceptionPlan:
    node.only("reason", "hours")
    try:
        parsed = date.fromisoformat(day)
    except ValueError:
        node.fail(f"`{day}` is no date, expected for example 2026-04-01")
    opens, closes = _span(node.child("hours")) if node.has("hours") else (None, None)
    return ExceptionPlan(parsed, node.text("reason"), opens, closes)


def _procedures(node: Node, catalogue: Catalogue) -> tuple[str, ...]:
    if node.value == "all":
        return tuple(catalogue.procedures)
    if isinstance(node.value, dict):
        node.only("all_but")
        without = resolve_all(node, "all_but", catalogue.procedures, "a procedure")
        return tuple(code for code in catalogue.procedures if code not in without)
    return tuple(resolve(item, catalogue.procedures, "a procedure") for item in node.nodes())


def _counter(number: str, node: Node, catalogue: Catalogue) -> CounterPlan:
    node.only("name", "queues")
    if not _COUNTER.match(number):
        node.fail(f"`{number}` is no counter number, expected up to 8 letters or digits")
    queues = resolve_all(node, "queues", catalogue.queues, "a queue")
    if not queues:
        node.fail(f"counter {number} serves nothing, expected its queues")
    return CounterPlan(number, node.text("name", ""), queues)


def _code(node: Node, code: str) -> str:
    if not _CODE.match(code):
        node.fail(f"`{code}` is no code, expected small letters, digits and hyphens (it stands in addresses)")
    return code


def _timezone(node: Node) -> str:
    name = node.text("timezone", "Asia/Tokyo")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        node.fail(f"`{name}` is no time zone, expected for example Asia/Tokyo", "timezone")
    return name


def _government_code(node: Node) -> str:
    code = node.as_text()
    if not re.fullmatch(r"[0-9]{6}", code):
        node.fail(f"`{code}` is no 全国地方公共団体コード, expected six digits in quotes")
    if check_digit(code[:5]) != code[5]:
        node.fail(f"`{code}` has a wrong check digit, expected {code[:5]}{check_digit(code[:5])}")
    return code
