"""お知らせの申込み as pages show them: which ways somebody asked for, their addresses masked."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select

from models.core.db import session
from models.core.errors import Gone
from models.core.keys import KeyDestroyed, Unreadable
from models.core.vault import unseal
from models.queries.bookings import BookingView, contact_of
from models.queries.channels import opened
from models.rules.masking import masked
from models.tables import Subscription


@dataclass(frozen=True)
class Asked:
    """One way in which somebody is told; `shown` is its address masked, empty for a browser."""

    id: int
    channel: str
    shown: str
    language: str


def of_booking(number: int) -> tuple[Asked, ...]:
    """How the holder of a booking is told, on open ways only."""
    return _asked(Subscription.booking_id == number)


def of_visit(number: int) -> tuple[Asked, ...]:
    """How the holder of a number is told, on open ways only."""
    return _asked(Subscription.visit_id == number)


def reachable(booking: BookingView) -> tuple[str, ...]:
    """The addresses of a booking's own contact to which something could be sent now, masked; none where it is gone."""
    try:
        contact = contact_of(booking)
    except (Gone, KeyDestroyed, Unreadable):
        return ()
    ways = opened()
    given = (("email", contact.email), ("sms", contact.phone))
    return tuple(masked(channel, address) for channel, address in given if address and channel in ways)


def row_name(row: Subscription) -> str:
    """Under which name a subscription's address is sealed."""
    whose = f"b{row.booking_id}" if row.booking_id is not None else f"v{row.visit_id}"
    return f"subscription/{whose}/{row.address_hash.hex()}"


def kept(row: Subscription) -> dict[str, str] | None:
    """Where to tell (`to`) and the holder's `token`; None where they cannot be read any more."""
    try:
        found: dict[str, str] = json.loads(unseal(row.address or b"", row=row_name(row), field="address"))
    except (KeyDestroyed, Unreadable):
        return None
    return found


def _asked(whose: object) -> tuple[Asked, ...]:
    chosen = select(Subscription).where(whose, Subscription.ended_at.is_(None))  # type: ignore[arg-type]
    rows = session().scalars(chosen.order_by(Subscription.id)).all()
    ways = opened() if rows else frozenset()
    found = [(row, kept(row)) for row in rows if row.channel in ways and row.address is not None]
    return tuple(
        Asked(row.id, row.channel, masked(row.channel, one["to"]), row.language) for row, one in found if one
    )
