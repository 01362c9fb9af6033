"""預けた番号: which leased numbers of a kiosk are not in the line yet."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from models.core.db import session
from models.queries import catalogue
from models.queries.offices import OfficeView, counters_of, procedures_of
from models.rules.ticket_numbers import number
from models.tables import NumberLease, Ticket


def letters_of(place: OfficeView) -> tuple[str, ...]:
    """The letters that walk-ins take in an office: some counter serves them and some procedure belongs to them."""
    known = catalogue.current()
    offered = {known.procedures[code].queue for code in procedures_of(place) if code in known.procedures}
    served = {queue for counter in counters_of(place) for queue in counter.queues}
    return tuple(code for code in known.queues if code in offered & served)


def left(place: OfficeView, device_id: int, day: date) -> dict[str, list[str]]:
    """A kiosk's leased numbers of a day that nobody holds yet, by letter, smallest first."""
    blocks = session().scalars(
        select(NumberLease)
        .where(NumberLease.office_id == place.id, NumberLease.device_id == device_id, NumberLease.day == day)
        .order_by(NumberLease.letter, NumberLease.first)
    )
    numbers = [
        (block.letter, number(block.letter, value))
        for block in blocks
        for value in range(block.first, block.last + 1)
    ]
    taken = set(
        session().scalars(
            select(Ticket.number).where(
                Ticket.office_id == place.id,
                Ticket.day == day,
                Ticket.number.in_([text for _, text in numbers]),
            )
        )
    )
    found: dict[str, list[str]] = {}
    for letter, text in numbers:
        if text not in taken:
            found.setdefault(letter, []).append(text)
    return found
