"""The desk as one page: my ticket, what was read, who waits and why the next one is next, today's figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import fmean
from typing import Any

from flask import render_template
from flask_login import current_user

from models.catalogue.definitions import Catalogue, Procedure
from models.core.clock import now
from models.core.messages import Message, _n, message
from models.operations.printing import REASONS
from models.queries import applications, bookings, call_order, catalogue, line
from models.queries.line import EventView, TicketView
from models.rules.call_order import Choice
from models.rules.statistics import HandledTicket, handling_minutes, wait_minutes
from web import presentation
from web.account.security import note_presence
from web.counter.place import Place
from web.languages import gettext

MOST_ROWS = 11
NOTHING_READ: dict[str, Any] = {"reading": None, "refused": ""}
EVENT_WORDS = {
    "arrive": _n("受付"),
    "call": _n("呼出"),
    "recall": _n("もう一度呼出"),
    "start": _n("開始"),
    "scan": _n("QR読取"),
    "print": _n("印刷"),
    "finish": _n("終了"),
    "no_show": _n("いなかった"),
    "return": _n("列に戻った"),
    "cancel": _n("取消"),
}
BOOKED_NEXT = _n("次は {number}：予約 {time} の2分前からの順番です。")
MAIN_NEXT = _n("次は {number}：主な業務（{queue}）で受付がいちばん早い人です。")
HELP_NEXT = _n("次は {number}：主な業務の人がいないので、{queue}を手伝います。")


@dataclass(frozen=True)
class Waiting:
    """One line of the waiting list; minutes are whole, `late` is over the queue's target."""

    number: str
    what: str
    notes: tuple[str, ...]
    minutes: int
    late: bool


@dataclass(frozen=True)
class Served:
    """Today's figures: how many were finished, mean handling and mean wait in minutes."""

    count: int
    handling: float | None
    wait: float | None


@dataclass(frozen=True)
class Desk:
    """Everything the desk page shows besides what was read."""

    place: Place
    ticket: TicketView | None
    what: str
    forms: int
    opens: str
    timeline: tuple[tuple[str, str], ...]
    waiting: tuple[Waiting, ...]
    more: int
    targets: tuple[tuple[str, int], ...]
    why: Message | None
    gone: tuple[TicketView, ...]
    served: Served
    queues: str


def desk_page(place: Place, **shown: Any) -> str:
    """The desk of this place; `shown` is what was read, or what went wrong with it."""
    values = {**NOTHING_READ, **shown}
    seen = desk(place)
    if seen.ticket is not None:
        note_presence()
    return render_template("counter/desk.html", desk=seen, reasons=REASONS, now=now(), **values)


def person() -> dict[str, str]:
    """For every template of the counter: the name of who is signed in."""
    return {"person": current_user.name if current_user and current_user.is_authenticated else ""}


def desk(place: Place) -> Desk:
    """What stands on the desk at this moment."""
    known, today = catalogue.current(), place.office.day_of(now())
    queues = place.counter.queues if place.counter else tuple(known.queues)
    mine = line.at_counter(place.office, today, place.number) if place.number else None
    if place.counter:
        choices = call_order.for_counter(place.office, today, place.counter, now())
    else:
        choices = call_order.for_hall(place.office, today, now())
    ordered = [ticket for ticket, _ in choices]
    forms = applications.of_ticket(mine.id) if mine else ()
    return Desk(
        place=place,
        ticket=mine,
        what=procedures_of(known, mine) if mine else "",
        forms=len(forms),
        opens=_opens(forms),
        timeline=timeline(place, line.events(mine)) if mine else (),
        waiting=tuple(_waiting(known, place, one) for one in ordered[:MOST_ROWS]),
        more=max(0, len(ordered) - MOST_ROWS),
        targets=tuple((code, known.queues[code].target_wait_minutes) for code in queues),
        why=_why(known, place, *choices[0]) if choices and place.counter else None,
        gone=tuple(line.line(place.office, today, states=("no_show",), queues=queues)),
        served=_served(line.line(place.office, today, states=("done",)), place.number),
        queues=" → ".join(f"{code} {known.queues[code].words}" for code in queues) if place.counter else "",
    )


def procedures_of(known: Catalogue, ticket: TicketView) -> str:
    """A ticket's procedures in words."""
    return "・".join(procedure_name(known, code) for code in ticket.procedures)


def procedure_name(known: Catalogue, code: str) -> str:
    """A procedure in words; its code where the present edition does not have it any more."""
    found: Procedure | None = known.procedures.get(code)
    return presentation.plain_words(found.words) if found else code


def short(name: str) -> str:
    """A name without what stands in brackets behind it."""
    return name.partition("（")[0] or name


def timeline(place: Place, events: Sequence[EventView]) -> tuple[tuple[str, str], ...]:
    """A ticket's history: when, and what happened where."""
    return tuple((_time(place, one.at), _event(one)) for one in events)


def told(text: Message) -> str:
    """A sentence of the rules in plain text, its dates as people say them."""
    values = {
        name: presentation.day_and_month(value) if isinstance(value, date) else value
        for name, value in text.values.items()
    }
    return gettext(text.template, **values)


def _event(one: EventView) -> str:
    word = gettext(EVENT_WORDS.get(one.kind, one.kind))
    if one.counter and one.kind in ("call", "start"):
        return gettext("{what}（{number}番窓口）", what=word, number=one.counter)
    return word


def _opens(forms: Sequence[applications.ApplicationView]) -> str:
    """The reference that opens the forms which came with a ticket: the booking's, else the form's own."""
    if not forms:
        return ""
    booking = forms[0].booking_id
    return bookings.by_id(booking).reference if booking and len(forms) > 1 else forms[0].reference


def _waiting(known: Catalogue, place: Place, ticket: TicketView) -> Waiting:
    queue = known.queues[ticket.queue]
    minutes = int(wait_minutes(_handled(ticket, now())) or 0)
    late = minutes > queue.target_wait_minutes
    notes = [gettext("目標{n}分を超過", n=queue.target_wait_minutes)] if late else []
    if ticket.booked_for:
        notes.append(gettext("予約{time}", time=_time(place, ticket.booked_for)))
    elif ticket.prefilled:
        notes.append(gettext("入力あり"))
    what = short(procedure_name(known, ticket.procedures[0]))
    others = len(ticket.procedures) - 1
    if others:
        what = gettext("{what} ほか{n}", what=what, n=others)
    return Waiting(ticket.number, what, tuple(notes), minutes, late)


def _why(known: Catalogue, place: Place, first: TicketView, choice: Choice) -> Message:
    queue = presentation.plain_words(known.queues[first.queue].words)
    if choice.reason == "due" and first.booked_for:
        return message(BOOKED_NEXT, number=first.number, time=_time(place, first.booked_for))
    return message(MAIN_NEXT if choice.help == "own" else HELP_NEXT, number=first.number, queue=queue)


def _served(done: Sequence[TicketView], counter: str | None) -> Served:
    mine = [_handled(one) for one in done if counter in (None, one.counter)]
    handling = [minutes for one in mine if (minutes := handling_minutes(one)) is not None]
    waits = [minutes for one in mine if (minutes := wait_minutes(one)) is not None]
    return Served(len(mine), fmean(handling) if handling else None, fmean(waits) if waits else None)


def _handled(ticket: TicketView, called_at: datetime | None = None) -> HandledTicket:
    return HandledTicket(
        ticket.arrived_at, ticket.booked_for, ticket.called_at or called_at, ticket.started_at, ticket.finished_at,
        ticket.queue, ticket.procedures[0], ticket.counter, ticket.source, ticket.prefilled, "finished",
    )  # fmt: skip


def _time(place: Place, at: datetime) -> str:
    return presentation.clock_time(at, str(place.office.zone))
