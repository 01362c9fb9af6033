"""使い始める: a municipality from the template is prepared question by question, and then opens to residents."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, invalid
from models.core.messages import _n
from models.core.transaction import act
from models.operations import audit, office_row, setting_changes, slots
from models.queries import first_run, offices
from models.queries.first_run import TOPIC
from models.queries.offices import OfficeView
from models.rules import week_hours
from models.rules.first_run import OPEN, Preparation, may_open
from models.rules.opening import Weekdays
from models.tables import BookingSlot, FreedPlace, Hall, OfferedSlot, Office, OpeningHours, Slot

CITY = "city"
OPENED_ALREADY = _n("もう使い始めています。変えるときは、それぞれの設定のページを使ってください。")
BAD_DAY = _n("きょうから3か月以内の日を選んでください。")


@act
def begin(session: Session, actor: str) -> None:
    """Keep residents out until somebody has answered the questions and said from which day on they may book."""
    if first_run.preparation() is None:
        _keep(session, Preparation(), actor)
        audit.note(session, actor, "first_run.begin", CITY)


@act
def answered(session: Session, question: str, actor: str) -> None:
    """Remember that a question was answered, also with what was there before. `Conflict` where the city has opened."""
    found = _prepared(session)
    if question not in found.answered:
        _keep(session, found.with_answer(question), actor)


@act
def set_hours(session: Session, place: OfficeView, week: Weekdays, actor: str) -> None:
    """An office's weekly hours from the beginning on; nobody has booked yet. `Conflict` where the city has opened."""
    _prepared(session)
    office_row.enter(session, place)
    before = week_hours.written(offices.week_of(place).weekdays)
    session.execute(delete(OpeningHours).where(OpeningHours.office_id == place.id))
    for day, spans in enumerate(week):
        for span in spans:
            session.add(OpeningHours(office_id=place.id, weekday=day, opens=span.opens, closes=span.closes))
    session.get_one(Office, place.id).later_hours = {}
    office_row.advance(session, place)
    audit.note(session, actor, "hours.first", place.code, f"{before} -> {week_hours.written(week)}"[:200])


def open_from(day: date, actor: str) -> None:
    """Let residents book from a day on, by slots of what was set. `Invalid` where it cannot be that day.

    `Conflict` where the city has opened. Until that day it may be said again.
    """
    _open_from(day, actor)
    slots.publish()


def renew_slots() -> int:
    """Publish the slots anew by what is set now, as long as nobody can have booked; how many were made."""
    _withdraw()
    return slots.publish()


@act
def _open_from(session: Session, day: date, actor: str) -> None:
    found = _prepared(session)
    today = offices.offices()[0].day_of(now())
    if not may_open(day, today):
        raise invalid("day", BAD_DAY)
    _without_slots(session)
    _keep(session, Preparation(found.with_answer(OPEN).answered, day), actor)
    audit.note(session, actor, "first_run.open", CITY, day.isoformat())


@act
def _withdraw(session: Session) -> None:
    _prepared(session)
    _without_slots(session)


def _prepared(session: Session) -> Preparation:
    """The preparation, locked against a second administrator; `Conflict` where there is none any more."""
    session.scalars(select(Hall.office_id).order_by(Hall.office_id).with_for_update()).all()
    found = first_run.waiting()
    if found is None:
        raise Conflict(OPENED_ALREADY)
    return found


def _without_slots(session: Session) -> None:
    """Take back every slot that nothing stands on."""
    held = [exists().where(one.slot_id == Slot.id) for one in (BookingSlot, OfferedSlot, FreedPlace)]
    session.execute(delete(Slot).where(Slot.taken == 0, *(~one for one in held)))


def _keep(session: Session, found: Preparation, actor: str) -> None:
    before = first_run.preparation()
    setting_changes.keep(session, TOPIC, CITY, before.as_data() if before else {}, found.as_data(), actor)
