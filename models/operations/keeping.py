"""夜に答える: every night the questions that managers ask every day, anew for each office."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import plain
from models.core.transaction import act
from models.core.written import written
from models.queries import (
    kept,
    measures,
    opening_hours,
    reports,
    slot_proposal,
    slots,
    staffing,
    stays,
    what_if,
)
from models.queries.kept import More, Question
from models.queries.offices import OfficeView, offices
from models.rules.planning.staffing import Target
from models.rules.spans import OF_PAST_DAYS, spans
from models.tables import KeptAnswer

Asked = tuple[Question[Any], tuple[More, ...]]


def answer_all(today: date, named: Collection[str] = OF_PAST_DAYS) -> dict[str, int]:
    """Answer what is asked of every office and of these spans, in the place of every answer before; how many.

    Reading and arithmetic come before the act of an office, which only writes: nobody waits for them.
    """
    made = 0
    for place in offices():
        days = [span for name, span in spans(today).items() if name in named]
        made += _write(place, [row for span in days for row in _answers(place, *span)])
    return {"answers": made}


def _answers(place: OfficeView, first: date, last: date) -> list[dict[str, Any]]:
    """The answers of one office and span as rows; none where nobody came."""
    if measures.busiest_queue(place, first, last) is None:
        return []
    return [_answer(place, first, last, *one) for one in _asked_of(place, first, last)]


def _answer(
    place: OfficeView, first: date, last: date, question: Question[Any], more: tuple[More, ...]
) -> dict[str, Any]:
    """One answer; what it rests on is looked at before, so that a change meanwhile makes it hold no more."""
    rests = kept.rests_on(question, place, first, last)
    return {
        "office_id": place.id,
        "question": question.name,
        "asked": kept.asked(first, last, *more),
        "rests": rests,
        "answer": written(question.ask(place, first, last, *more), question.kind),
        "made_at": now(),
    }


def _asked_of(place: OfficeView, first: date, last: date) -> Iterator[Asked]:
    """What the pages of a manager ask who has chosen no queue and typed nothing."""
    for by in reports.CUTS:
        yield reports.REPORT, (by, None)
    yield stays.STAYS, (None,)
    yield measures.CASES, ()
    yield staffing.BUSIEST, ()
    target = staffing.usual_target(place, first, last)
    yield staffing.PLAN, (*_of(target), None)
    yield opening_hours.WEEK, (*_of(Target(staffing.USUAL_SHARE, staffing.USUAL_MINUTES)), None)
    yield what_if.MEASURED, (None,)
    yield slot_proposal.QUEUES, ()
    queue = slot_proposal.busiest(place, first, last, slots.Planner(place).queues)
    if queue is not None:
        yield slot_proposal.PROPOSAL, (queue, None)


def _of(target: Target) -> tuple[float, float]:
    return target.share, target.within_minutes


@act
def _write(session: Session, place: OfficeView, rows: list[dict[str, Any]]) -> int:
    """Put the answers in the place of those before."""
    session.execute(delete(KeptAnswer).where(KeptAnswer.office_id == place.id))
    if rows:
        session.execute(insert(plain(KeptAnswer)), rows)
    return len(rows)
