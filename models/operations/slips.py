"""番号札の印刷: what a terminal is asked to print, once; how it went; what becomes of slips whose person has gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, NotFound, invalid
from models.core.messages import _n
from models.core.transaction import act, rows_changed
from models.operations import audit, office_row
from models.queries import slips
from models.queries.offices import OfficeView
from models.queries.slips import SlipView
from models.rules import slip_states
from models.rules.slip_states import STEPS, Action
from models.tables import SlipJob, Visit

BAD_PROBLEM = _n("この印刷の結果は分かりません。")
NOT_NOW = _n("この番号札は、いまは印刷できません。職員に番号を見せてください。")
LEFT = _n("時間がたったため、この番号札は印刷しません。職員に番号を見せてください。")


@dataclass(frozen=True)
class For:
    """Whose slip: of a visit's number, or of a booking."""

    visit_id: int | None = None
    booking_id: int | None = None


@act
def ask(session: Session, place: OfficeView, device_id: int, whose: For, actor: str) -> SlipView:
    """A terminal is to print this slip. Asked again it is the same job: a slip is never issued twice by itself.

    What was given up meanwhile begins anew.
    """
    office_row.enter(session, place)
    _sweep(session, place)
    known = session.scalar(
        select(SlipJob)
        .where(
            SlipJob.office_id == place.id,
            SlipJob.device_id == device_id,
            SlipJob.visit_id == whose.visit_id,
            SlipJob.booking_id == whose.booking_id,
            SlipJob.state != "dropped",
        )
        .order_by(SlipJob.id.desc())
        .limit(1)
    )
    if known is not None:
        return slips.view(known)
    at = now()
    row = SlipJob(
        office_id=place.id, device_id=device_id, visit_id=whose.visit_id, booking_id=whose.booking_id, asked_at=at,
        changed_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.note(session, actor, "slip.ask", str(row.id))
    return slips.view(row)


@act
def claim(session: Session, place: OfficeView, device_id: int, number: int, actor: str) -> SlipView:
    """The terminal begins to print now: whoever claims first, and nobody whose person has gone.

    Raises `Conflict` with the job's real state.
    """
    return _stepped(session, place, slips.job(place, number, device_id), "claim", actor)


@act
def report(
    session: Session,
    place: OfficeView,
    device_id: int,
    number: int,
    state: str,
    actor: str,
    problem: str = "",
) -> SlipView:
    """How the print went: `printed`, `failed` or `unclear`, and why. Told twice it is noted once."""
    action = _reported(state, problem)
    job = slips.job(place, number, device_id)
    if job.state == slip_states.STEPS[action].after:
        return job
    return _stepped(session, place, job, action, actor, problem)


@act
def again(
    session: Session, place: OfficeView, number: int, actor: str, device_id: int | None = None
) -> SlipView:
    """A person presses once more after a print that failed or of which nobody knows."""
    return _stepped(session, place, slips.job(place, number, device_id), "again", actor)


@act
def confirm(
    session: Session, place: OfficeView, number: int, actor: str, device_id: int | None = None
) -> SlipView:
    """まだここにいます: the person of an open print is there; without that word it is dropped."""
    return _stepped(session, place, slips.job(place, number, device_id), "confirm", actor)


@act
def drop(
    session: Session, place: OfficeView, number: int, actor: str, device_id: int | None = None
) -> SlipView:
    """The person has gone, or goes with the number alone. What is printed already stays printed."""
    return _stepped(session, place, slips.job(place, number, device_id), "drop", actor)


@act
def dismiss(session: Session, place: OfficeView, device_id: int, actor: str) -> None:
    """Staff have seen to a terminal: what is open there is dropped, and its trouble is over.

    `NotFound` for a device that never printed in this office.
    """
    office_row.enter(session, place)
    _sweep(session, place)
    of_device = (SlipJob.office_id == place.id, SlipJob.device_id == device_id)
    if session.scalar(select(SlipJob.id).where(*of_device).limit(1)) is None:
        raise NotFound
    gone = update(SlipJob).where(*of_device, SlipJob.state.in_(STEPS["drop"].before))
    rows_changed(session, gone.values(state="dropped", problem="", changed_at=now()))
    told = update(SlipJob).where(*of_device, SlipJob.state == "dropped")
    rows_changed(session, told.values(problem=""))
    office_row.advance(session, place)
    audit.note(session, actor, "slip.dismiss", str(device_id))


def _stepped(
    session: Session, place: OfficeView, job: SlipView, action: Action, actor: str, problem: str = ""
) -> SlipView:
    office_row.enter(session, place)
    at = now()
    if action in ("claim", "again") and slip_states.left_behind(job.state, job.changed_at, at):
        raise _refusal(place, job.id, LEFT)
    step = STEPS[action]
    values: dict[str, object] = {"changed_at": at}
    if step.after:
        values |= {"state": step.after}
    if action in ("printed", "failed", "unclear"):
        values |= {"problem": problem}
    if action == "again":
        values |= {"copies": SlipJob.copies + 1}
    taken = update(SlipJob).where(SlipJob.id == job.id, SlipJob.state.in_(step.before))
    if rows_changed(session, taken.values(values)) != 1:
        raise _refusal(place, job.id, NOT_NOW)
    if action == "printed" and job.visit_id is not None:
        first = update(Visit).where(Visit.id == job.visit_id, Visit.slip_printed_at.is_(None))
        rows_changed(session, first.values(slip_printed_at=at))
    _sweep(session, place)
    if action != "claim":
        office_row.advance(session, place)
    audit.note(session, actor, f"slip.{action}", str(job.id), problem)
    return slips.job(place, job.id)


def _refusal(place: OfficeView, number: int, text: str) -> Conflict:
    job = slips.job(place, number)
    return Conflict(text, state=job.state, problem=job.problem)


def _sweep(session: Session, place: OfficeView) -> None:
    """Terminals that broke off leave unclear prints; prints whose person has gone are given up."""
    at: datetime = now()
    mine = SlipJob.office_id == place.id
    silent = update(SlipJob).where(
        mine, SlipJob.state == "printing", SlipJob.changed_at <= at - slip_states.SILENT_AFTER
    )
    rows_changed(session, silent.values(state="unclear", changed_at=at))
    left = update(SlipJob).where(mine, SlipJob.changed_at <= at - slip_states.LEFT_AFTER)
    never_begun = left.where(SlipJob.state == "asked")
    rows_changed(session, never_begun.values(state="dropped", problem="offline"))
    rows_changed(session, left.where(SlipJob.state.in_(STEPS["drop"].before)).values(state="dropped"))


def _reported(state: str, problem: str) -> Action:
    known: dict[str, Action] = {"printed": "printed", "failed": "failed", "unclear": "unclear"}
    if state not in known:
        raise invalid("state", BAD_PROBLEM)
    if problem not in ("", *slip_states.PROBLEMS) or (state == "printed" and problem):
        raise invalid("problem", BAD_PROBLEM)
    return known[state]
