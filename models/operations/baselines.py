"""基準を固める: what handling took before the change is frozen once, so that savings cannot be talked up later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, FieldProblem, Invalid, invalid
from models.core.messages import _n, message
from models.core.transaction import act, flush_unique, rows_changed
from models.operations import audit
from models.queries import catalogue, measures
from models.queries.offices import OfficeView
from models.rules import free_text
from models.rules.statistics import LONGEST_HANDLING, handling_minutes
from models.tables import Baseline

SHORTEST_SPAN_DAYS = 14
FEWEST_CASES = 10
LONGEST_NOTE = 500
NO_PROCEDURE = _n("この手続きは一覧にありません。")
BAD_MINUTES = _n("分は0より大きく240までの数で書いてください。例：12.5")
BAD_CASES = _n("件数は1以上の数で書いてください。")
NO_REASON = _n("理由を書いてください。あとから確かめられるように記録します。")
NO_NOTE = _n("どう測ったかを書いてください。例：2026年4月に窓口でストップウォッチで測定")
TOO_SHORT = _n("基準にする期間は14日以上にしてください。")
FROZEN = _n("この手続きの基準はもう固めてあります。変えるときは、先に理由を書いて解いてください。")
NOT_FROZEN = _n("この手続きの基準は固めてありません。")
NOTHING_TIMED = _n(
    "この期間には、新しく基準にできる記録がありません。手続きごとに10件以上の、事前入力のない記録が要ります。"
)


@dataclass(frozen=True)
class Typed:
    """A handling time that was measured by other means: minutes, timed cases, and how it was measured."""

    procedure: str
    minutes: float
    cases: int
    note: str


@act
def freeze(session: Session, typed: Typed, actor: str) -> None:
    """Freeze a typed handling time; `Invalid` names each bad field, `Conflict` where one is frozen already."""
    problems = [
        FieldProblem(field, message(text))
        for field, text, holds in (
            ("procedure", NO_PROCEDURE, typed.procedure in catalogue.current().procedures),
            ("minutes", BAD_MINUTES, 0 < typed.minutes <= LONGEST_HANDLING),
            ("cases", BAD_CASES, 0 < typed.cases <= 10_000_000),
            ("note", NO_NOTE, bool(typed.note.strip())),
        )
        if not holds
    ]
    refused = free_text.refusal(typed.note, lines=True)
    if refused is not None:
        problems.append(FieldProblem("note", refused))
    if problems:
        raise Invalid(problems)
    if session.get(Baseline, typed.procedure) is not None:
        raise Conflict(FROZEN)
    _add(session, typed, actor)


@act
def freeze_span(session: Session, place: OfficeView, first: date, last: date, actor: str) -> tuple[str, ...]:
    """Freeze the mean handling of every procedure timed in a span; the codes of those that were.

    Takes visits without pre-filling, at least ten a procedure, over 14 days or more; what is frozen stays as it is.
    `Invalid` where that leaves nothing.
    """
    if (last - first).days + 1 < SHORTEST_SPAN_DAYS:
        raise invalid("to", TOO_SHORT)
    known = set(session.scalars(select(Baseline.procedure)))
    fresh = {
        code: minutes
        for code, minutes in _timed(place, first, last).items()
        if code not in known and len(minutes) >= FEWEST_CASES
    }
    if not fresh:
        raise invalid("from", NOTHING_TIMED)
    note = f"{place.name} {first.isoformat()}〜{last.isoformat()}"
    for code, minutes in fresh.items():
        _add(session, Typed(code, fmean(minutes), len(minutes), note), actor)
    return tuple(sorted(fresh))


@act
def unfreeze(session: Session, procedure: str, reason: str, actor: str) -> None:
    """Take a frozen handling time back, with a reason that the audit keeps; `Conflict` where none is frozen."""
    if not reason.strip():
        raise invalid("reason", NO_REASON)
    refused = free_text.refusal(reason, lines=True)
    if refused is not None:
        raise Invalid([FieldProblem("reason", refused)])
    if rows_changed(session, delete(Baseline).where(Baseline.procedure == procedure)) != 1:
        raise Conflict(NOT_FROZEN)
    audit.note(session, actor, "baseline.unfreeze", procedure, reason.strip()[:200])


def _timed(place: OfficeView, first: date, last: date) -> Mapping[str, Sequence[float]]:
    minutes: dict[str, list[float]] = {}
    for ticket in measures.handled(place, first, last):
        took = handling_minutes(ticket)
        if took is not None and ticket.procedure and not ticket.prefilled:
            minutes.setdefault(ticket.procedure, []).append(took)
    return minutes


def _add(session: Session, typed: Typed, actor: str) -> None:
    note = typed.note.strip()[:LONGEST_NOTE]
    row = Baseline(
        procedure=typed.procedure, minutes=typed.minutes, cases=typed.cases, note=note, frozen_at=now()
    )
    session.add(row)
    flush_unique(session)
    detail = f"{typed.minutes:.2f} min, {typed.cases} cases"
    audit.note(session, actor, "baseline.freeze", typed.procedure, detail)
