"""待っている人: the rows of a line in the order of its calls, each with its wait against the target and its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.catalogue.definitions import Catalogue
from models.core.clock import now
from models.core.messages import Message
from models.queries import call_order, catalogue, hall
from models.queries.line import TicketView
from models.rules.call_order import Choice
from models.rules.statistics import HandledTicket, wait_minutes
from web.counter import reasons, stay
from web.counter.place import Place
from web.languages import gettext
from web.reading import BY_CODE

MOST_ROWS = 18
"""What the tallest screens have room for; styles hide what a lower one has not."""


@dataclass(frozen=True)
class Row:
    """One line of the waiting list; minutes are whole, `late` is over the queue's target."""

    number: str
    queue: str
    what: str
    reason: str
    notes: tuple[str, ...]
    minutes: int
    target: int
    late: bool


@dataclass(frozen=True)
class Line:
    """Who waits, in order: the first rows, how many more, and why the first one is next."""

    rows: tuple[Row, ...]
    more: int
    why: tuple[Message, ...]

    @property
    def count(self) -> int:
        """How many wait."""
        return len(self.rows) + self.more

    def more_than(self, rows: int) -> int:
        """How many wait besides so many rows."""
        return max(0, self.count - rows)

    @property
    def late(self) -> int:
        """How many of the rows wait longer than their target."""
        return sum(row.late for row in self.rows)


def line_of(place: Place, waiting: Sequence[TicketView] | None = None, most: int = MOST_ROWS) -> Line:
    """The line of a counter, or of the whole hall where there is none; of who is `waiting` where that was read."""
    known, at = catalogue.current(), now()
    choices = chosen(place, at, waiting)
    rows = tuple(_row(known, place, ticket, choice) for ticket, choice in choices[:most])
    why: tuple[Message, ...] = ()
    if choices and place.counter:
        why = reasons.sentences(known, place, hall.policy_of(place.office), *choices[0])
    return Line(rows, max(0, len(choices) - most), why)


def chosen(
    place: Place, at: datetime, waiting: Sequence[TicketView] | None = None
) -> Sequence[tuple[TicketView, Choice]]:
    """The order of calls at an instant as this place sees it."""
    today = place.office.day_of(at)
    if place.counter:
        return call_order.for_counter(place.office, today, place.counter, at, waiting)
    return call_order.for_hall(place.office, today, at, waiting=waiting)


def why(place: Place, ticket: TicketView) -> tuple[Message, ...]:
    """Why a waiting ticket stands where it stands; nothing for any other."""
    known = catalogue.current()
    found = next((choice for one, choice in chosen(place, now()) if one.id == ticket.id), None)
    if found is None:
        return ()
    return reasons.sentences(known, place, hall.policy_of(place.office), ticket, found)


def waited(ticket: TicketView) -> int:
    """Whole minutes that somebody in the line has waited, a booked visitor not before the booked time."""
    return int(wait_minutes(handled(ticket, now())) or 0)


def handled(ticket: TicketView, called_at: datetime | None = None) -> HandledTicket:
    """A ticket as measures see it; `called_at` for one that was not called yet."""
    return HandledTicket(
        ticket.arrived_at, ticket.booked_for, ticket.called_at or called_at, ticket.started_at, ticket.finished_at,
        ticket.queue, ticket.procedures[0], ticket.counter, ticket.source, ticket.prefilled, "finished",
    )  # fmt: skip


def _row(known: Catalogue, place: Place, ticket: TicketView, choice: Choice) -> Row:
    target = known.queues[ticket.queue].target_wait_minutes
    minutes = waited(ticket)
    return Row(
        ticket.number, ticket.queue, stay.brief(known, ticket), reasons.short(place, ticket, choice), _notes(ticket),
        minutes, target, minutes > target,
    )  # fmt: skip


def _notes(ticket: TicketView) -> tuple[str, ...]:
    """What a clerk should know before the call, in a word each."""
    notes = []
    if ticket.booked_for and ticket.due_at is None:
        notes.append(gettext("遅れ"))
    if ticket.prefilled:
        notes.append(gettext("入力"))
    if ticket.language not in ("ja", "") and ticket.language in BY_CODE:
        notes.append(BY_CODE[ticket.language].name)
    return tuple(notes)
