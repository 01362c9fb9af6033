"""デモ: fills an empty installation with a city that does not exist; a second time adds nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.catalogue.municipality import load_demo_plan
from models.core import directory
from models.core.clock import now
from models.core.days import office_day
from models.core.db import session
from models.core.space import Space, entered
from models.core.transaction import act
from models.operations import (
    accounts,
    applications,
    booking,
    demo_estimates,
    installation,
    receivers,
    roster_rules,
)
from models.operations.accounts import Invited
from models.queries import availability, catalogue, crossing, staff
from models.queries import receivers as receivers_now
from models.queries import roster_rules as rules_now
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, offices, procedures_of, week_of
from models.rules.demo_people import CASES, PEOPLE, DemoCase, DemoPerson, fields_of
from models.rules.demo_roster import ROSTERS
from models.rules.demo_visits import PastShift, PastVisit, generate
from models.rules.handover.receivers import Wanted, plain
from models.rules.planning.roster_rules import document
from models.rules.sides import INSIDE, OUTSIDE, WHOLE, stands
from models.tables import Baseline, Booking, Counter, CounterShift, Ticket, TicketEvent, Visit

CODE = "maeniwa"
WEEKS = 8
SEED = 5
BOOKINGS = 48
DAYS_AHEAD = 14
READING_SECONDS, PRINTING_SECONDS = 8, 12
"""From the start of handling: until the QR code is read, and from then until the form is printed."""
ACCOUNTS = (
    ("counter", "窓口 担当", "counter", "honcho"),
    ("concierge", "案内 担当", "concierge", "honcho"),
    ("manager", "窓口 課長", "manager", None),
    ("administrator", "情報 担当", "administrator", None),
)
ACTOR = "demo"
RECEIVERS = (
    Wanted("表計算に貼る（見本）", "copy", "tabbed"),
    Wanted("住民記録へ渡すファイル（見本）", "file", "json"),
)
"""What a clerk can try without any other system: the clipboard, and a file of one's own."""
EVENTS = (
    ("arrived_at", "arrive"),
    ("called_at", "call"),
    ("started_at", "start"),
    ("scanned_at", "scan"),
    ("printed_at", "print"),
    ("finished_at", "finish"),
)


@dataclass(frozen=True)
class DemoCity:
    """What a person who tries the demo needs: codes of accounts nobody opened yet, and a booking's token."""

    codes: tuple[Invited, ...]
    booking: str


def fill() -> DemoCity | None:
    """Make and fill the demo municipality; None, and nothing added, where the installation serves real ones."""
    directory.prepare()
    known = {found.code for found in directory.municipalities()}
    if known and CODE not in known:
        return None
    space = Space(CODE)
    if CODE not in known:
        installation.open_municipality(load_demo_plan(installation.offered_catalogue(CODE)))
    side = crossing.side()
    with entered(space):
        if stands(INSIDE, side):
            if remember(_until_yesterday(space)):
                demo_estimates.tell(offices()[0])
            freeze_baselines()
            _say_who_works()
            _say_where_it_goes()
        return DemoCity(_codes(side), _book_ahead(side) if stands(OUTSIDE, side) else "")


def _until_yesterday(space: Space) -> list[PastVisit | PastShift]:
    plan = load_demo_plan(installation.offered_catalogue(space.code))
    weeks = {place.code: week_of(place) for place in offices()}
    yesterday = offices()[0].day_of(now()) - timedelta(days=1)

    def closed(office: str, day: date) -> bool:
        return not weeks[office].on(day)

    first = yesterday - timedelta(weeks=WEEKS) + timedelta(days=1)
    return list(generate(catalogue.current(), plan, first, yesterday, closed, SEED))


@act
def remember(writing: Session, found: Sequence[PastVisit | PastShift]) -> int:
    """Write past visits with their tickets and events, and shifts, unless the space has tickets; how many tickets."""
    if writing.scalar(select(Ticket.id).limit(1)) is not None:
        return 0
    places = {place.code: place.id for place in offices()}
    past = [one for one in found if isinstance(one, PastVisit)]
    came = [one for one in past if one.number]
    stays = [
        {"office_id": places[one.office], "day": one.day, "arrived_at": one.ticket.arrived_at} for one in came
    ]
    ordered = insert(Visit).returning(Visit.id, sort_by_parameter_order=True)
    visits = dict(zip(map(id, came), writing.scalars(ordered, stays), strict=True))
    rows = [_ticket(one, places[one.office], visits.get(id(one))) for one in past]
    numbered = insert(Ticket).returning(Ticket.id, sort_by_parameter_order=True)
    tickets = writing.scalars(numbered, rows).all()
    events = [event for ticket, row in zip(tickets, rows, strict=True) for event in _events(ticket, row)]
    writing.execute(insert(TicketEvent), events)
    _remember_shifts(writing, places, [one for one in found if isinstance(one, PastShift)])
    return len(rows)


def _remember_shifts(writing: Session, places: Mapping[str, int], past: Sequence[PastShift]) -> None:
    numbered = writing.execute(select(Counter.office_id, Counter.number, Counter.id))
    counters = {(row.office_id, row.number): row.id for row in numbered}
    rows = [
        {
            "office_id": places[one.office],
            "day": one.day,
            "counter_id": counters[places[one.office], one.counter],
            "actor": ACTOR,
            "opened_at": one.opened_at,
            "closed_at": one.closed_at,
            "ending": one.ending,
        }
        for one in past
    ]
    writing.execute(insert(CounterShift), rows)


@act
def freeze_baselines(writing: Session) -> None:
    """Take the handling minutes without pre-filling as what it took before the house, unless frozen already."""
    if writing.scalar(select(Baseline.procedure).limit(1)) is not None:
        return
    frozen = now() - timedelta(weeks=WEEKS)
    writing.add_all(
        Baseline(
            procedure=code, minutes=one.minutes.desk, cases=one.yearly_volume, note="デモ", frozen_at=frozen
        )
        for code, one in catalogue.current().procedures.items()
        if one.prefill != "none"
    )


def _say_who_works() -> None:
    """Keep how people of each office can work, where nobody said so."""
    for place in offices():
        if place.code in ROSTERS and rules_now.current(place) is None:
            roster_rules.keep(place, document(ROSTERS[place.code]), ACTOR)


def _say_where_it_goes() -> None:
    """Open an example receiver of each way that needs no other machine, where an office has none."""
    for place in offices():
        if not receivers_now.of_office(place):
            receivers.set_receivers(place, [plain(one) for one in RECEIVERS], ACTOR)


def _codes(side: str) -> tuple[Invited, ...]:
    """One-time codes of the demo accounts whose owner has set no password yet; outside there is the administrator."""
    found = []
    for username, name, role, office in ACCOUNTS:
        if role != "administrator" and not stands(INSIDE, side):
            continue
        known = staff.by_username(username)
        if known is None:
            found.append(accounts.invite(username, name, role, office, ACTOR))
        elif known.password is None and known.active:
            found.append(accounts.new_code(username, ACTOR))
    return tuple(found)


def _book_ahead(side: str) -> str:
    """Bookings of the next two weeks, forms written at home; the token of the main office's first one with a form."""
    if session().scalar(select(Booking.id).limit(1)) is not None:
        return ""
    random = Random(SEED)  # noqa: S311  (a play, not a secret)
    places = offices()
    made: list[tuple[datetime, str]] = []
    for number in range(BOOKINGS):
        case, person = CASES[number % len(CASES)], PEOPLE[number % len(PEOPLE)]
        place = random.choice((places[0], *places))
        booked = _book(place, case, person, random, side)
        if booked and case.form and place is places[0]:
            made.append(booked)
    return min(made)[1] if made else ""


def _book(
    place: OfficeView, case: DemoCase, person: DemoPerson, random: Random, side: str
) -> tuple[datetime, str] | None:
    """Book one case at a random free time: when, and its token; None where the office does not offer it."""
    if not set(case.procedures) <= set(procedures_of(place)):
        return None
    at = now()
    today = place.day_of(at)
    need = availability.need_of(catalogue.current(), place, case.procedures)
    free = availability.free_times(place, need, today, today + timedelta(days=DAYS_AHEAD), at)
    if not free:
        return None
    chosen = random.choice(free)
    contact = Contact(person.kana, phone=person.phone)
    made = booking.book(booking.Request(place, need.procedures, chosen.starts_at, contact))
    if case.form and stands(WHOLE, side):
        written = fields_of(case, person, today, office_day(chosen.starts_at, place.zone))
        applications.save(made.token, case.form, written, ready=True)
    return chosen.starts_at, made.token


def _ticket(one: PastVisit, office: int, visit: int | None) -> dict[str, Any]:
    past = one.ticket
    done = past.outcome == "finished"
    read = (
        past.started_at + timedelta(seconds=READING_SECONDS) if past.started_at and past.prefilled else None
    )
    printed = read + timedelta(seconds=PRINTING_SECONDS) if read else None
    return {
        "visit_id": visit,
        "office_id": office,
        "day": one.day,
        "queue": past.queue,
        "number": one.number or None,
        "procedure": past.procedure,
        "procedures": [past.procedure],
        "source": past.source,
        "prefilled": past.prefilled,
        "state": "done" if done else past.outcome,
        "language": "ja",
        "counter": past.counter,
        "order_at": past.booked_for or past.arrived_at,
        "booked_for": past.booked_for,
        "arrived_at": past.arrived_at,
        "called_at": past.called_at,
        "started_at": past.started_at,
        "scanned_at": read,
        "printed_at": printed,
        "finished_at": past.finished_at,
    }


def _events(ticket: int, row: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[tuple[datetime, str]] = [
        (row[column], kind) for column, kind in EVENTS if row[column] is not None
    ]
    return [
        {
            "ticket_id": ticket,
            "at": at,
            "kind": kind,
            "counter": None if kind == "arrive" else row["counter"],
            "actor": ACTOR,
        }
        for at, kind in found
    ]
