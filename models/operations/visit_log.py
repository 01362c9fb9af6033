"""取り込み: a city's own log of past visits becomes tickets; bad lines are refused one by one, good ones kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import invalid
from models.core.messages import Message, _n, message
from models.core.transaction import Passing, act
from models.operations import audit, facts
from models.operations.idempotency import Key, answered, once
from models.queries import catalogue
from models.queries.offices import OfficeView
from models.rules.visit_log import LoggedVisit, Rejected, known_words, read_log
from models.tables import Ticket

LARGEST_BYTES = 8 * 1024 * 1024
LINES_AT_ONCE = 2000
"""Lines written in one act, so that bookings never wait long for an import."""
LONGEST_EXTERNAL_ID = 64
STATES = {"finished": "done", "no_show": "no_show", "abandoned": "abandoned"}
TOO_LARGE = _n("ファイルが大きすぎます（8MBまで）。期間を分けて、いくつかのファイルにしてください。")
KNOWN_ALREADY = _n("前に取り込んだ記録です（同じ日の同じ番号）。もう入っているので、何もしなくて大丈夫です。")


@dataclass(frozen=True)
class Imported:
    """What an import did: lines kept, lines refused with what to do, how many of those were kept before.

    `notes` say which columns were not used.
    """

    imported: int
    rejected: tuple[Rejected, ...]
    known_before: int = 0
    notes: tuple[Message, ...] = ()


def import_log(place: OfficeView, content: str | bytes, actor: str, key: Key | None = None) -> Imported:
    """Keep every good line of a log as a past ticket of this office, in acts of 2,000 lines.

    The same visit (office, day, ticket number) is kept once however often it comes; an import that broke off is
    simply sent again. `Invalid` (field `file`) when it is no log at all or larger than 8 MiB; nothing is kept then.
    """
    if (
        len(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
        > LARGEST_BYTES
    ):
        raise invalid("file", TOO_LARGE)
    earlier = _earlier(key)
    if earlier is not None:
        return earlier
    log = read_log(content, place.zone, known_words(catalogue.current()), now())
    repeated: list[Rejected] = []
    for chunk in _chunks(log.visits):
        repeated += _keep(place, chunk)
    rejected = tuple(sorted([*log.rejected, *repeated], key=lambda one: one.line))
    done = Imported(len(log.visits) - len(repeated), rejected, len(repeated), tuple(log.notes))
    return _finish(place, actor, key, done)


@act
def _earlier(session: Session, key: Key | None) -> Imported | None:
    return answered(session, key, _again)


@act
def _keep(session: Session, place: OfficeView, visits: Sequence[LoggedVisit]) -> list[Rejected]:
    """Add the visits that are not there yet; the others come back as refused."""
    rows = {row["external_id"]: (visit, row) for visit in visits for row in (_row(place, visit),)}
    chosen = select(Ticket.external_id).where(Ticket.office_id == place.id, Ticket.external_id.in_(rows))
    known = set(session.scalars(chosen))
    fresh = [row for external_id, (_, row) in rows.items() if external_id not in known]
    if fresh:
        try:
            session.execute(insert(Ticket), fresh)
            facts.mark(session, place, (row["day"] for row in fresh))
            session.flush()
        except IntegrityError as problem:
            raise Passing from problem
    return [
        Rejected(rows[external_id][0].line, message(KNOWN_ALREADY)) for external_id in known if external_id
    ]


@act
def _finish(session: Session, place: OfficeView, actor: str, key: Key | None, done: Imported) -> Imported:
    def noted() -> Imported:
        detail = f"imported {done.imported}, rejected {len(done.rejected)}"
        audit.note(session, actor, "visits.import", place.code, detail)
        return done

    return once(session, key, _again, noted)


def _again(
    imported: int, rejected: list[tuple[int, Any]], known_before: int, notes: list[Mapping[str, Any]]
) -> Imported:
    """The first answer, read back."""
    lines = tuple(Rejected(line, Message(**text)) for line, text in rejected)
    return Imported(imported, lines, known_before, tuple(Message(**text) for text in notes))


def _row(place: OfficeView, visit: LoggedVisit) -> dict[str, Any]:
    ticket = visit.ticket
    order_at = ticket.counts_at
    if order_at is None:
        raise ValueError("a logged visit has a time")
    day = place.day_of(order_at)
    return {
        "office_id": place.id,
        "day": day,
        "queue": ticket.queue,
        "number": None,
        "external_id": _external_id(day, visit.ticket_id),
        "procedure": ticket.procedure,
        "procedures": [ticket.procedure] if ticket.procedure else [],
        "source": "imported",
        "prefilled": ticket.prefilled,
        "state": STATES[ticket.outcome],
        "language": "ja",
        "counter": ticket.counter,
        "order_at": order_at,
        "booked_for": ticket.booked_for,
        "arrived_at": ticket.arrived_at,
        "called_at": ticket.called_at,
        "started_at": ticket.started_at,
        "finished_at": ticket.finished_at,
    }


def _external_id(day: date, ticket_id: str) -> str:
    """Day and number: older machines begin at 1 every day. A number too long to keep is kept as its digest."""
    whole = f"{day:%Y%m%d}/{ticket_id}"
    if len(whole) <= LONGEST_EXTERNAL_ID:
        return whole
    return f"{day:%Y%m%d}/{hashlib.sha256(ticket_id.encode()).hexdigest()[:40]}"


def _chunks(visits: Sequence[LoggedVisit]) -> Iterator[list[LoggedVisit]]:
    left = iter(visits)
    while chunk := list(islice(left, LINES_AT_ONCE)):
        yield chunk
