"""線が切れても: numbers that a kiosk may give out by itself; what it gave out is handed over once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict
from models.core.tokens import fingerprint, is_token
from models.core.transaction import act
from models.operations import arrivals, audit, numbering, office_row
from models.operations.arrivals import Brought
from models.queries import catalogue, offices
from models.queries.leases import left, letters_of
from models.queries.offices import OfficeView
from models.rules.ticket_numbers import parts
from models.tables import NumberLease, Ticket, Visit

A_BLOCK = 5
ENOUGH = 3
FAST_CLOCK = timedelta(minutes=5)
"""A kiosk's clock may be so much ahead of ours."""


@dataclass(frozen=True)
class GivenOut:
    """A number that a kiosk gave out by itself: with its own token, at an instant by its own clock."""

    number: str
    token: str
    at: datetime


@dataclass(frozen=True)
class Handed:
    """`settled` need not be sent again: they are in the line, now or since before, or never can be (`refused`)."""

    settled: tuple[str, ...]
    refused: tuple[str, ...]


def stock(place: OfficeView, device_id: int) -> dict[str, list[str]]:
    """The leased numbers of today that a kiosk still has, by letter; a letter that runs out gets a new block."""
    day = place.day_of(now())
    found = left(place, device_id, day)
    short = [letter for letter in letters_of(place) if len(found.get(letter, ())) < ENOUGH]
    if short and not _lease(place, device_id, day, short):
        return found
    return left(place, device_id, day) if short else found


@act
def _lease(session: Session, place: OfficeView, device_id: int, day: date, letters: Sequence[str]) -> int:
    leased = 0
    for letter in letters:
        try:
            numbering.lease(session, place, day, letter, A_BLOCK, device_id)
            leased += 1
        except Conflict:
            continue
    return leased


def synchronise(place: OfficeView, device_id: int, tickets: Sequence[GivenOut], actor: str) -> Handed:
    """Put into the line what a kiosk gave out while its line was cut; each number and each token once.

    Every ticket is an act of its own, so that what was begun and cut off is finished by sending all of it again.
    """
    settled, refused = [], []
    for one in sorted(tickets, key=lambda one: one.at):
        settled.append(one.number)
        if not _take(place, device_id, one, actor):
            refused.append(one.number)
    return Handed(tuple(settled), tuple(refused))


@act
def _take(session: Session, place: OfficeView, device_id: int, one: GivenOut, actor: str) -> bool:
    """Whether the ticket is in the line now; a number of another device, day or holder never is."""
    office_row.enter(session, place)
    day = place.day_of(one.at)
    number = parts(one.number)
    if (
        number is None
        or not is_token(one.token)
        or not _leased(session, place, device_id, day, *number, one.at)
    ):
        audit.note(session, actor, "lease.refuse", one.number[:60])
        return False
    held = session.scalar(select(Visit.id).where(Visit.token_hash == fingerprint(one.token)))
    same = select(Ticket.visit_id).where(
        Ticket.office_id == place.id, Ticket.day == day, Ticket.number == one.number
    )
    taken = session.scalar(same.limit(1))
    if held is not None or taken is not None:
        return held == taken
    codes = offices.procedures_of(place)
    procedures = [code for code, known in catalogue.current().procedures.items() if known.queue == number[0]]
    first = [code for code in procedures if code in codes][:1]
    brought = Brought(number=one.number, token=one.token, at=one.at)
    arrivals.issued(session, place, first, actor, "ja", brought)
    return True


def _leased(
    session: Session, place: OfficeView, device_id: int, day: date, letter: str, value: int, at: datetime
) -> bool:
    """Whether a number was this device's to give out, at that instant."""
    mine = select(NumberLease.leased_at).where(
        NumberLease.office_id == place.id,
        NumberLease.device_id == device_id,
        NumberLease.day == day,
        NumberLease.letter == letter,
        NumberLease.first <= value,
        NumberLease.last >= value,
    )
    leased_at = session.scalar(mine)
    return leased_at is not None and leased_at - FAST_CLOCK <= at <= now() + FAST_CLOCK
