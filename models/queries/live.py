"""庁舎のいま、だれでも見てよい形で: what boards, phones and the public see of an office's line. Never a person.

A state never carries a name, a procedure or a reason. Visitors who sit in a booth are not called in the hall, so their
calls are left out. The cost follows the day's tickets, never the history before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import fmean
from typing import Any

from sqlalchemy import Row, Select, or_, select

from models.core.clock import now
from models.core.db import ground, session, writing
from models.core.space import current_space
from models.queries import carried_status, catalogue, crossing, estimates, hall
from models.queries.hall import HallView, ShiftView
from models.queries.hall_state import CallKind, CallShown, HallState, QueueState
from models.queries.offices import OfficeView, counters_of, week_of
from models.rules.closing import closing, issuing_ends
from models.rules.opening import Span
from models.rules.sides import OUTSIDE
from models.tables import Ticket, TicketEvent, Visit

CALLS: tuple[CallKind, ...] = ("call", "recall", "deliver")
ACTIVE = ("called", "recalled")
IN_SIGHT = ("waiting", *ACTIVE, "absent")
BUCKET_SECONDS = 30
"""Estimates and hours are looked at again so often, also where nothing happened."""
RECENT = timedelta(hours=1)
MOST_CALLS = 12
MOST_EVENTS = 1200
"""How many versions back a state looks for the calls of the last hour."""
LARGEST_GAP = 400
"""Whoever missed more versions than this gets the whole state, not the calls in between."""


def etag(place: OfficeView, at: datetime) -> str:
    """What changes whenever the state may have: one row is read, no ticket."""
    if crossing.side() == OUTSIDE:
        return f"{carried_status.version(place, at)}-{_bucket(at)}"
    return f"{hall.version(place)}-{_bucket(at)}"


def state(place: OfficeView, at: datetime) -> HallState:
    """The office's state; asking again within half a minute while nothing has changed costs one row.

    Outside it is what the newest file says that was carried there.
    """
    if crossing.side() == OUTSIDE:
        return carried_status.state(place, at)
    if writing.get():
        return _made(place, at)
    stamp = (hall.version(place), _bucket(at))
    return ground().memory.of(("live", current_space(), place.id), stamp, lambda: _made(place, at))


def calls_since(place: OfficeView, version: int, most: int = 50) -> tuple[CallShown, ...] | None:
    """Today's calls after a version, oldest first; None where the whole state says it better.

    That is: more than `most` calls or `LARGEST_GAP` versions were missed, the version is of another day, or it is not
    one of this office.
    """
    newest = hall.version(place)
    if version < 0 or not 0 <= newest - version <= LARGEST_GAP:
        return None
    if newest == version:
        return ()
    missed = _events(_calls(place, version).order_by(TicketEvent.version).limit(most + 1))
    today = place.day_of(now())
    days = {event.day for event in missed} | {_day_of_version(place, version) or today}
    if len(missed) > most or days != {today}:
        return None
    return tuple(event.shown for event in missed if not event.hidden)


def _bucket(at: datetime) -> int:
    return int(at.timestamp()) // BUCKET_SECONDS


def _made(place: OfficeView, at: datetime) -> HallState:
    day = place.day_of(at)
    view = hall.hall(place, day)
    shifts = hall.on_now(place, day)
    spans = week_of(place).on(day)
    numbers, waiting = _in_sight(place, day)
    mean_wait, served = _so_far(place, day)
    calls = _of_last_hour(place, day, at, view.version, numbers)
    return HallState(
        version=view.version,
        as_of=at,
        day=day,
        open=_open(spans, at.astimezone(place.zone).time()),
        closes=closing(spans) if spans else None,
        stopped=_stopped(view, spans, at.astimezone(place.zone).time()),
        notice=view.notice,
        counters_on=tuple(one.counter.number for one in shifts),
        mean_wait_today=mean_wait,
        served_today=served,
        queues=_queues(place, at, waiting, shifts, calls),
        calls=tuple(one.shown for one in calls[:MOST_CALLS]),
        absent=tuple(sorted(number for number, state in numbers.values() if state == "absent")),
        deliveries=tuple(one.shown for one in calls[:MOST_CALLS] if one.state == "recalled"),
    )


def _open(spans: Sequence[Span], local: time) -> bool:
    return any(span.opens <= local < span.closes for span in spans)


def _stopped(view: HallView, spans: Sequence[Span], local: time) -> bool:
    """Whether walk-ins get no number any more (`operations.arrivals` refuses them by the same rule)."""
    over = not spans or local >= issuing_ends(spans, view.policy.stop_minutes)
    return view.stopped or (view.policy.stops_at_closing and over)


def _in_sight(place: OfficeView, day: date) -> tuple[dict[int, tuple[str, str]], Counter[str]]:
    """Number and state of whoever waits, is called or was not there, by ticket; and how many wait in each queue."""
    rows = session().execute(
        select(Ticket.id, Ticket.number, Ticket.state, Ticket.queue).where(
            Ticket.office_id == place.id, Ticket.day == day, Ticket.state.in_(IN_SIGHT)
        )
    )
    numbers: dict[int, tuple[str, str]] = {}
    waiting: Counter[str] = Counter()
    for row in rows:
        numbers[row.id] = (row.number or "", row.state)
        waiting[row.queue] += row.state == "waiting"
    return numbers, waiting


def _so_far(place: OfficeView, day: date) -> tuple[float | None, int]:
    """Today's mean wait in minutes, and how many were served."""
    rows = session().execute(
        select(Ticket.arrived_at, Ticket.booked_for, Ticket.called_at, Ticket.state).where(
            Ticket.office_id == place.id, Ticket.day == day, Ticket.called_at.is_not(None)
        )
    )
    waits: list[float] = []
    served = 0
    for arrived_at, booked_for, called_at, state in rows:
        served += state == "done"
        if arrived_at is not None and called_at is not None:
            since = max(arrived_at, booked_for) if booked_for is not None else arrived_at
            waits.append(max(0.0, (called_at - since).total_seconds() / 60))
    return (round(fmean(waits), 1) if waits else None), served


@dataclass(frozen=True)
class _Event:
    """One call with what is needed to know whether and how it is shown."""

    shown: CallShown
    day: date
    state: str
    hidden: bool


def _of_last_hour(
    place: OfficeView, day: date, at: datetime, version: int, numbers: dict[int, tuple[str, str]]
) -> list[_Event]:
    """The newest call of each number: those called now first, then the last hour's, each newest first."""
    active = [ticket for ticket, (_, state) in numbers.items() if state in ACTIVE]
    in_time = or_(TicketEvent.at >= at - RECENT, TicketEvent.ticket_id.in_(active))
    chosen = _calls(place, version - MOST_EVENTS).where(in_time, Ticket.day == day)
    newest: dict[str, _Event] = {}
    for event in _events(chosen.order_by(TicketEvent.version.desc())):
        if not event.hidden:
            newest.setdefault(event.shown.number, event)
    return sorted(newest.values(), key=lambda event: event.state not in ACTIVE)


def _calls(place: OfficeView, after: int) -> Select[*tuple[Any, ...]]:
    """The calls of an office after a version, of any day."""
    return (
        select(
            TicketEvent.version, TicketEvent.at, TicketEvent.kind, TicketEvent.counter, TicketEvent.before,
            Ticket.number, Ticket.queue, Ticket.source, Ticket.language, Ticket.state, Ticket.day, Visit.seat,
        )
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .outerjoin(Visit, Visit.id == Ticket.visit_id)
        .where(TicketEvent.office_id == place.id, TicketEvent.version > after, TicketEvent.kind.in_(CALLS))
    )  # fmt: skip


def _events(chosen: Select[*tuple[Any, ...]]) -> list[_Event]:
    return [_event(row) for row in session().execute(chosen)]


def _event(row: Row[*tuple[Any, ...]]) -> _Event:
    """A call that was taken back (its ticket waits again) or went to a booth is not for the hall."""
    kind: CallKind = "deliver" if row.before in ("recalled", "back_office") else row.kind
    shown = CallShown(
        row.version, row.number or "", row.counter or "", row.at, kind, row.queue, row.source == "booked", row.language
    )  # fmt: skip
    in_booth = row.seat is not None and row.seat != row.counter
    return _Event(shown, row.day, row.state, in_booth or row.state == "waiting" or not row.counter)


def _day_of_version(place: OfficeView, version: int) -> date | None:
    """The business day of the last event up to a version; None before the first one."""
    at = session().scalar(
        select(TicketEvent.at)
        .where(TicketEvent.office_id == place.id, TicketEvent.version <= version)
        .order_by(TicketEvent.version.desc())
        .limit(1)
    )
    return None if at is None else place.day_of(at)


def _queues(
    place: OfficeView,
    at: datetime,
    waiting: Counter[str],
    shifts: Sequence[ShiftView],
    calls: Sequence[_Event],
) -> tuple[QueueState, ...]:
    """Every queue that some counter of the office serves, in the catalogue's order."""
    expected = estimates.of_hall(place, at).queues
    served = {code for one in counters_of(place) for code in one.queues}
    found = []
    for code, queue in catalogue.current().queues.items():
        if code not in served and not waiting[code]:
            continue
        wait = expected.get(code)
        low, high = estimates.shown_range(wait) if wait else (None, None)
        found.append(
            QueueState(
                code=code,
                words=queue.words,
                waiting=waiting[code],
                low=low,
                high=high,
                p50=wait.p50 if wait else None,
                p80=wait.p80 if wait else None,
                now_calling=next((one.shown.number for one in calls if one.shown.queue == code), None),
                counters=tuple(one.counter.number for one in shifts if code in one.counter.queues),
            )
        )
    return tuple(found)
