"""窓口数のくわしい計算と勤務表: a manager asks for it, the scheduler does it; nothing is locked while it is being done.

What is to be done stands in the database: whoever was killed half-way is followed by somebody who begins anew.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import NotFound
from models.core.transaction import act
from models.operations import audit
from models.queries import measures, rosters, staffing
from models.queries.offices import OfficeView, offices
from models.queries.open_plans import ASKED, OPEN, RUNNING
from models.queries.rosters import ROSTER
from models.queries.tunings import CANCELLED, COUNTERS, DONE, FAILED
from models.rules.planning.roster import roster
from models.rules.planning.roster_document import document
from models.rules.planning.roster_model import OutOfTime
from models.rules.planning.roster_rules import RosterRules, kept
from models.rules.planning.roster_rules import document as rules_document
from models.rules.planning.staffing import Target
from models.rules.planning.staffing_tuning import Cancelled, Progress
from models.rules.planning.week_tuning import tune_week
from models.tables import StaffingTuning

SILENT = timedelta(minutes=2)
"""Whoever computes and was not heard of for so long was killed."""
MOST_TRIES = 3
KEPT = timedelta(days=400)
WEEKS = 8
TELL_SECONDS = 1.0
QUICK_SECONDS, ROSTER_SECONDS = 3.0, 90.0
"""So long a roster is looked for while somebody waits for the page, and in the background."""
Stop = Callable[[], bool]


@dataclass(frozen=True)
class Rest:
    """What a plan rests on: the days from `first` to `last`, of one queue or of all."""

    first: date
    last: date
    queue: str | None = None


@dataclass(frozen=True)
class _Taken:
    """A plan that this process computes."""

    number: int
    holder: str
    office_id: int
    rest: Rest
    target: Target
    kind: str = COUNTERS
    inputs: Mapping[str, Any] = field(default_factory=dict)


@act
def ask(session: Session, place: OfficeView, target: Target, rest: Rest, actor: str) -> int:
    """Ask for a tuned plan; its number. One that is on its way for the same is kept, others of the queue end."""
    return _asked(session, place, target, rest, actor, COUNTERS, {})


@act
def ask_roster(
    session: Session,
    place: OfficeView,
    target: Target,
    rest: Rest,
    monday: date,
    rules: RosterRules,
    actor: str,
) -> int:
    """Ask for the roster of a week by these rules; its number. The same as `ask`, apart from plans of counters."""
    inputs = {"monday": monday.isoformat(), "rules": rules_document(rules)}
    return _asked(session, place, target, rest, actor, ROSTER, inputs)


def _asked(
    session: Session,
    place: OfficeView,
    target: Target,
    rest: Rest,
    actor: str,
    kind: str,
    inputs: dict[str, Any],
) -> int:
    mine = (
        StaffingTuning.office_id == place.id,
        StaffingTuning.queue == (rest.queue or ""),
        StaffingTuning.kind == kind,
    )
    at = now()
    wanted = (target.share, target.within_minutes, rest.first, rest.last, inputs)
    for row in session.scalars(select(StaffingTuning).where(*mine, StaffingTuning.state.in_(OPEN))):
        if (row.share, row.within, row.first, row.last, row.inputs) == wanted:
            return row.id
        row.state = CANCELLED
    session.execute(delete(StaffingTuning).where(StaffingTuning.asked_at < at - KEPT))
    row = StaffingTuning(
        office_id=place.id,
        queue=rest.queue or "",
        share=target.share,
        within=target.within_minutes,
        first=rest.first,
        last=rest.last,
        state=ASKED,
        asked_by=actor,
        asked_at=at,
        result={},
        kind=kind,
        inputs=inputs,
    )
    session.add(row)
    session.flush()
    audit.note(session, actor, "roster.ask" if kind == ROSTER else "staffing.ask", place.code)
    return row.id


@act
def cancel(session: Session, number: int, actor: str) -> bool:
    """Stop a plan that is on its way; False where it had ended. `NotFound` for none."""
    row = session.get(StaffingTuning, number, with_for_update=True)
    if row is None:
        raise NotFound
    if row.state not in OPEN:
        return False
    row.state = CANCELLED
    audit.note(session, actor, "staffing.cancel", str(number))
    return True


def ask_all(monday: date) -> int:
    """Ask for the plan, with its usual target, of offices with visits in the eight weeks before a Monday; how many."""
    first, last = monday - timedelta(weeks=WEEKS), monday - timedelta(days=1)
    count = 0
    for place in offices():
        if measures.busiest_queue(place, first, last) is not None:
            ask(place, staffing.usual_target(place, first, last), Rest(first, last), audit.SYSTEM)
            count += 1
    return count


def work(stop: Stop = lambda: False) -> int:
    """Compute what was asked for, oldest first, until nothing is left or `stop` says so; how many were done.

    One that fails for a reason of its own is closed as failed and raised.
    """
    done = 0
    while not stop() and (taken := _take(secrets.token_hex(8))) is not None:
        done += _compute(taken, stop)
    return done


def at_once(number: int) -> bool:
    """Compute a roster that nobody has taken up, if it is quickly proven and even; else it is left to the scheduler."""
    taken = _take(secrets.token_hex(8), number)
    return taken is not None and _compute(taken, lambda: False, is_quick=True)


def _compute(taken: _Taken, stop: Stop, is_quick: bool = False) -> bool:
    try:
        result = _rostered(taken, stop, is_quick) if taken.kind == ROSTER else _tuned(taken, stop)
    except Cancelled:
        _give_back(taken.number, taken.holder)
        return False
    except (ValueError, OutOfTime):
        _end(taken.number, taken.holder, FAILED, {})
        return False
    except Exception:
        _end(taken.number, taken.holder, FAILED, {})
        raise
    return _end(taken.number, taken.holder, DONE, result)


def _rostered(taken: _Taken, stop: Stop, is_quick: bool) -> dict[str, Any]:
    place = next(one for one in offices() if one.id == taken.office_id)
    monday = date.fromisoformat(taken.inputs["monday"])
    need = rosters.usual_need(place, taken.rest.first, taken.rest.last, taken.target)
    days = rosters.week_need(place, need, monday).days
    if not days:
        raise ValueError("nobody came, or the office is closed the whole week")
    seconds = QUICK_SECONDS if is_quick else ROSTER_SECONDS
    try:
        before = rosters.burdens_before(place, monday)
        made = roster(kept(taken.inputs["rules"]), days, seconds, _telling(taken, stop), before)
    except OutOfTime:
        if is_quick:
            raise Cancelled from None
        raise
    if is_quick and not (made.proven and made.is_even):
        raise Cancelled
    return document(made)


def _tuned(taken: _Taken, stop: Stop) -> dict[str, Any]:
    place = next(one for one in offices() if one.id == taken.office_id)
    inputs = measures.staffing_inputs(place, taken.rest.first, taken.rest.last, taken.rest.queue)
    if inputs.log is None:
        raise ValueError("nobody came")
    plan = staffing.of_inputs(inputs, taken.target).plan
    days = tune_week(plan, inputs.hours, inputs.log, _telling(taken, stop))
    return {"days": [asdict(day) for day in days]}


def _telling(taken: _Taken, stop: Stop) -> Progress:
    """Notes now and then how far it is; says no once somebody stopped it."""
    told_at = -TELL_SECONDS

    def progress(part: float) -> bool:
        nonlocal told_at
        if stop():
            return False
        if time.monotonic() - told_at < TELL_SECONDS:
            return True
        told_at = time.monotonic()
        return _tell(taken.number, taken.holder, min(99, int(100 * part)))

    return progress


@act
def _take(session: Session, holder: str, number: int | None = None) -> _Taken | None:
    """The oldest that nobody computes (or the one of a number); one that was taken up too often has failed."""
    at = now()
    forsaken = or_(StaffingTuning.seen_at < at - SILENT, StaffingTuning.seen_at > at + SILENT)
    waiting = or_(StaffingTuning.state == ASKED, (StaffingTuning.state == RUNNING) & forsaken)
    found = select(StaffingTuning).where(waiting).order_by(StaffingTuning.asked_at, StaffingTuning.id)
    if number is not None:
        found = found.where(StaffingTuning.id == number)
    for row in session.scalars(found.with_for_update(skip_locked=True)):
        if row.tries >= MOST_TRIES:
            row.state = FAILED
            continue
        row.state, row.holder, row.seen_at, row.progress = RUNNING, holder, at, 0
        row.tries += 1
        rest = Rest(row.first, row.last, row.queue or None)
        target = Target(row.share, row.within)
        return _Taken(row.id, holder, row.office_id, rest, target, row.kind, row.inputs)
    return None


@act
def _tell(session: Session, number: int, holder: str, progress: int) -> bool:
    """Note how far it is; False where it was cancelled or somebody else has taken it up."""
    return _change(session, number, holder, seen_at=now(), progress=progress)


@act
def _give_back(session: Session, number: int, holder: str) -> None:
    """Leave it to the next scheduler, unless it was cancelled."""
    row = session.get(StaffingTuning, number, with_for_update=True)
    if row is not None and (row.state, row.holder) == (RUNNING, holder):
        row.state, row.tries = ASKED, row.tries - 1


@act
def _end(session: Session, number: int, holder: str, state: str, result: dict[str, Any]) -> bool:
    at: datetime = now()
    progress = {"progress": 100} if state == DONE else {}
    return _change(session, number, holder, state=state, made_at=at, result=result, **progress)


def _change(session: Session, number: int, holder: str, **values: object) -> bool:
    """Change a plan that is still this holder's; whether it was."""
    mine = (
        StaffingTuning.id == number,
        StaffingTuning.state == RUNNING,
        StaffingTuning.holder == holder,
    )
    changed = update(StaffingTuning).where(*mine).values(**values).returning(StaffingTuning.id)
    return session.execute(changed).first() is not None
