"""番号札の持ち主: what whoever holds a slip may see: the ticket whose turn it is, its place, and what comes after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from models.core.clock import now
from models.core.db import ground, session
from models.core.errors import Gone, NotFound
from models.core.messages import _n, message
from models.core.space import current_space
from models.core.tokens import fingerprint, is_token
from models.queries import call_order, estimates, hall, line
from models.queries.estimates import WaitEstimate
from models.queries.line import TicketView
from models.queries.offices import OfficeView, office_by_id
from models.tables import Visit

OVER = _n("この番号は{day}のものです。きょうは使えません。ご用のときは、新しく受付してください。")
SECONDS = 30
"""What changes with time alone (who is due, estimates) is worked out anew so often."""


@dataclass(frozen=True)
class Slip:
    """A visit of today, opened by its token; `version` is the hall's."""

    place: OfficeView
    visit_id: int
    day: date
    seat: str | None
    version: int

    def tag(self, at: datetime) -> str:
        """Changes whenever what the holder sees could have changed."""
        return f"{self.version}-{int(at.timestamp()) // SECONDS}"


@dataclass(frozen=True)
class Held:
    """The ticket whose turn it is, with its place; `ahead` and `wait` count only while it waits."""

    slip: Slip
    ticket: TicketView
    legs: tuple[TicketView, ...]
    ahead: int
    wait: WaitEstimate | None

    @property
    def following(self) -> tuple[TicketView, ...]:
        """What is planned after it."""
        return tuple(one for one in self.legs if one.state == "planned" and one.id != self.ticket.id)

    @property
    def behind(self) -> tuple[TicketView, ...]:
        """What was done before it."""
        return tuple(
            one for one in self.legs if one.leg < self.ticket.leg and one.state in ("done", "transferred")
        )


def opened(token: str) -> Slip:
    """The visit of whoever holds this token, without a look at any ticket.

    One and the same `NotFound` for every other text; `Gone` after the day.
    """
    if not is_token(token):
        raise NotFound
    row = (
        session()
        .execute(
            select(Visit.id, Visit.office_id, Visit.day, Visit.seat).where(
                Visit.token_hash == fingerprint(token)
            )
        )
        .first()
    )
    if row is None:
        raise NotFound
    place = office_by_id(row.office_id)
    if row.day != place.day_of(now()):
        raise Gone(message(OVER, day=row.day))
    return Slip(place, row.id, row.day, row.seat, hall.version(place))


def held(slip: Slip, at: datetime) -> Held:
    """What the holder of a slip sees at `at`."""
    legs = tuple(line.of_visit(slip.visit_id))
    if not legs:
        raise NotFound
    ticket = line.whose_turn(legs)
    if ticket.state != "waiting":
        return Held(slip, ticket, legs, 0, None)
    ahead = _ahead(slip, at).get(ticket.id, 0)
    return Held(slip, ticket, legs, ahead, estimates.of_hall(slip.place, at).tickets.get(ticket.id))


def _ahead(slip: Slip, at: datetime) -> dict[int, int]:
    """How many of its queue are called before each waiting ticket; worked out once a version for all phones."""
    key = ("ahead", current_space(), slip.place.id)
    return ground().memory.of(key, slip.tag(at), lambda: _counted(slip, at))


def _counted(slip: Slip, at: datetime) -> dict[int, int]:
    counted: dict[str, int] = {}
    found: dict[int, int] = {}
    for ticket, _ in call_order.for_hall(slip.place, slip.day, at):
        found[ticket.id] = counted.get(ticket.queue, 0)
        counted[ticket.queue] = found[ticket.id] + 1
    return found
