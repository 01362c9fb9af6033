"""The desk as one page: my ticket, what was read, who waits and why the next one is next, today's figures."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import Any

from flask import render_template

from models.core.clock import now
from models.operations.calling import STATE_WORDS
from models.operations.handing_over import REASONS as AGAIN_REASONS
from models.operations.printing import REASONS
from models.queries import (
    applications,
    bookings,
    catalogue,
    direct_prints,
    hall,
    help,
    line,
    printers,
    shifts,
    slips,
    undoing,
)
from models.queries.applications import ApplicationView
from models.queries.direct_prints import Waiting
from models.queries.help import HelpView
from models.queries.line import EventView, Stay, TicketView
from models.queries.shifts import CounterState
from models.queries.slips import Trouble
from models.rules.statistics import HandledTicket, handling_minutes, wait_minutes
from web import presentation
from web.account.security import note_presence
from web.counter import on_paper, reception, stay
from web.counter.on_paper import ShownPrint
from web.counter.place import Place, same_person
from web.counter.stay import Leg
from web.counter.waiting import Line, line_of
from web.languages import gettext

NOTHING_READ: dict[str, Any] = {"reading": None, "refused": "", "more": "", "before": ""}
CALLING = ("called", "recalled")


@dataclass(frozen=True)
class Mine:
    """The ticket at this counter. `since` starts its clock; `booth` is where the visitor sits, if not here.

    `overdue`: it was called so often and so long ago that nobody will come. `undo` names the step to take back.
    """

    ticket: TicketView
    state: str
    what: str
    forms: int
    opens: str
    since: datetime | None
    timeline: tuple[tuple[str, str], ...]
    before: tuple[Leg, ...]
    after: tuple[Leg, ...]
    booth: str
    overdue: bool
    undo: str

    @property
    def delivery(self) -> bool:
        """Whether the visitor is called to the hand-over, after the back office."""
        return self.ticket.state == "recalled"


@dataclass(frozen=True)
class Aside:
    """A ticket that this counter put aside, or somebody who did not come: since when, in which state in words."""

    number: str
    what: str
    state: str
    word: str
    since: datetime | None


@dataclass(frozen=True)
class Served:
    """Today's figures: how many were finished, mean handling and mean wait in minutes."""

    count: int
    handling: float | None
    wait: float | None


@dataclass(frozen=True)
class Desk:
    """Everything the desk page shows besides what was read. `last` is a step that an idle counter can take back."""

    place: Place
    shift: CounterState
    here: bool
    mine: Mine | None
    waiting: tuple[TicketView, ...]
    line: Line
    beside: tuple[Aside, ...]
    away: tuple[Aside, ...]
    targets: str
    served: Served
    queues: tuple[str, ...]
    on: tuple[str, ...]
    help: tuple[HelpView, ...]
    troubles: tuple[Trouble, ...]
    waiting_prints: tuple[Waiting, ...]
    prints: tuple[ShownPrint, ...]
    printer: str
    last: tuple[str, str] | None
    version: int

    @property
    def ticket(self) -> TicketView | None:
        """The ticket at this counter."""
        return self.mine.ticket if self.mine else None

    def sheet(self, reference: str) -> ShownPrint | None:
        """The newest sheet of a form that is on its way, or of which nobody has said yet that it came out."""
        return next((one for one in reversed(self.prints) if one.reference == reference), None)

    def printing(self, reference: str) -> bool:
        """Whether a form is on its way to the printer now."""
        return any(one.going and one.reference == reference for one in self.prints)

    @property
    def stamp(self) -> str:
        """What changes when the buttons of the desk do: a page that shows another one is out of date."""
        mine = f"{self.mine.ticket.id} {self.mine.ticket.state}" if self.mine else ""
        beside = ",".join(f"{one.number} {one.state}" for one in self.beside)
        return f"{mine} {self.shift.actor} {self.shift.ending} {beside}"


def desk_page(place: Place, **shown: Any) -> str:
    """The desk of this place; `shown` is what was read, or what went wrong with it."""
    values = {
        **NOTHING_READ,
        **shown,
        "now": now(),
        "problem_words": on_paper.problem_words,
        "again_reasons": AGAIN_REASONS,
    }
    seen = desk(place)
    if seen.mine is not None:
        note_presence()
    if place.counter is None:
        values |= {
            "hall": reception.seen(place, seen.waiting),
            "often": reception.often(place),
            "key": secrets.token_urlsafe(16),
        }
        return render_template("counter/reception.html", desk=seen, reasons=REASONS, **values)
    return render_template("counter/desk.html", desk=seen, reasons=REASONS, **values)


def desk(place: Place) -> Desk:
    """What stands on the desk at this moment."""
    known, at = catalogue.current(), now()
    today = place.office.day_of(at)
    version = hall.hall(
        place.office, today
    ).version  # before the rest: what changes meanwhile is shown the next time
    queues = place.counter.queues if place.counter else tuple(known.queues)
    found = line.at_desk(place.office, today, place.number, queues)
    shift = shifts.state_of(place.counter, today) if place.counter else CounterState()
    events = line.events_of([one.id for one in (*found.beside, *found.away)])
    return Desk(
        place=place,
        shift=shift,
        here=same_person(shift.actor),
        mine=_mine(place, line.stay_of(found.mine), at) if found.mine else None,
        waiting=found.waiting,
        line=line_of(place, found.waiting),
        beside=tuple(_aside(one, events[one.id]) for one in found.beside),
        away=tuple(_aside(one, events[one.id]) for one in sorted(found.away, key=lambda one: one.state)),
        targets=" ".join(f"{code}{known.queues[code].target_wait_minutes}" for code in queues),
        served=_served(line.served(place.office, today, place.number)),
        queues=tuple(f"{code} {presentation.plain_words(known.queues[code].words)}" for code in queues)
        if place.counter
        else (),
        on=tuple(one.counter.number for one in hall.on_now(place.office, today)),
        help=help.open_calls(place.office),
        troubles=slips.troubles(place.office),
        waiting_prints=direct_prints.waiting(place.office),
        prints=on_paper.shown(place),
        printer=_printer(place),
        last=_last(place, today, at) if place.number and found.mine is None else None,
        version=version,
    )


def _printer(place: Place) -> str:
    """The name of the printer where this counter prints; empty without one."""
    found = printers.printer_of(place.office, place.number) if place.number else None
    return found.name if found else ""


def _mine(place: Place, whole: Stay, at: datetime) -> Mine:
    known, policy, ticket = catalogue.current(), hall.policy_of(place.office), whole.ticket
    forms = applications.of_ticket(ticket.id)
    since = stay.since(ticket, whole.events)
    before, after = stay.legs(known, whole)
    waited = at - since if since else timedelta()
    step = undoing.step_of(place.office, whole, at)
    return Mine(
        ticket=ticket,
        state=STATE_WORDS[ticket.state],
        what=stay.procedures_of(known, ticket),
        forms=len(forms),
        opens=_opens(forms),
        since=since,
        timeline=stay.timeline(place, whole.history),
        before=before,
        after=after,
        booth=ticket.seat if ticket.seat and ticket.seat != place.number else "",
        overdue=ticket.state in CALLING
        and ticket.calls >= policy.absent_after_calls
        and waited >= timedelta(seconds=policy.absent_after_seconds),
        undo=gettext(stay.EVENT_WORDS[step.kind]) if step else "",
    )


def _aside(ticket: TicketView, events: Sequence[EventView]) -> Aside:
    what, word = stay.brief(catalogue.current(), ticket), STATE_WORDS[ticket.state]
    return Aside(ticket.number, what, ticket.state, word, stay.since(ticket, events))


def _last(place: Place, today: date, at: datetime) -> tuple[str, str] | None:
    found = undoing.latest(place.office, today, place.number or "", at)
    return (found[0].number, gettext(stay.EVENT_WORDS[found[1].kind])) if found else None


def _opens(forms: Sequence[ApplicationView]) -> str:
    """The reference that opens the forms which came with a ticket: the booking's, else the form's own."""
    if not forms:
        return ""
    booking = forms[0].booking_id
    return bookings.by_id(booking).reference if booking and len(forms) > 1 else forms[0].reference


def _served(mine: Sequence[HandledTicket]) -> Served:
    handling = [minutes for one in mine if (minutes := handling_minutes(one)) is not None]
    waits = [minutes for one in mine if (minutes := wait_minutes(one)) is not None]
    return Served(len(mine), fmean(handling) if handling else None, fmean(waits) if waits else None)
