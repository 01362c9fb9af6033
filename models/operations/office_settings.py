"""庁舎・窓口・手続きを設定する: an office, its counters and what it offers, each as it was previewed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.core.errors import FieldProblem, Invalid, NotFound
from models.core.messages import _n, message
from models.core.transaction import act, flush_unique
from models.operations import audit, office_row, setting_changes
from models.queries import catalogue, office_settings, offices
from models.queries.offices import OfficeView
from models.queries.setting_changes import COUNTERS, OFFERED, OFFICE
from models.rules import office_settings as rules
from models.tables import Counter, CounterQueue, Hall, Office, OfficeProcedure

IN_USE = _n("{number}番の窓口は、いま職員が使っています。席を離れてから、なくしてください。")


@act
def set_office(session: Session, place: OfficeView, wanted: Mapping[str, Any], seen: str, actor: str) -> None:
    """What is said of an office from now on. `Invalid` names each field, `OtherState` where it is not as `seen`."""
    found = rules.office(wanted)
    row = session.scalar(select(Office).where(Office.id == place.id).with_for_update())
    if row is None:
        raise NotFound
    before = office_settings.office_state(offices.office_by_id(place.id))
    setting_changes.judge(before, seen)
    _write(row, found)
    setting_changes.keep(session, OFFICE, place.code, before, found, actor)
    changed = sorted(name for name in found if found[name] != before[name])
    audit.note(session, actor, "office.set", place.code, ", ".join(changed)[:200])


@act
def add_office(session: Session, code: str, wanted: Mapping[str, Any], actor: str) -> None:
    """One more office, which has no hours, no counters and offers nothing yet. `Invalid` names each field."""
    found = rules.new_office(code, wanted, [one.code for one in offices.offices()])
    last = session.scalar(select(func.max(Office.position)))
    row = Office(code=code, position=(last or 0) + 1)
    _write(row, found)
    session.add(row)
    flush_unique(session)
    session.add(Hall(office_id=row.id))
    setting_changes.keep(session, OFFICE, code, {}, found, actor)
    audit.note(session, actor, "office.add", code)


def _write(row: Office, found: Mapping[str, Any]) -> None:
    for name in rules.TEXTS:
        setattr(row, name, found[name])
    row.booking_days_ahead, row.bookable_share = found["booking_days_ahead"], found["bookable_percent"] / 100


@act
def set_counters(
    session: Session, place: OfficeView, wanted: Sequence[Mapping[str, Any]], seen: str, actor: str
) -> None:
    """An office's counters from now on. `Invalid` where a row may not be, a queue is left alone or a counter in use."""
    office_row.enter(session, place)
    before = office_settings.counters_state(place)
    setting_changes.judge(before, seen)
    after = counters_checked(place, wanted)
    rows = {row.number: row for row in session.scalars(select(Counter).where(Counter.office_id == place.id))}
    session.execute(
        delete(CounterQueue).where(CounterQueue.counter_id.in_([row.id for row in rows.values()]))
    )
    for row in rows.values():
        row.removed = True
    for one in after:
        row = rows.get(one["number"]) or Counter(office_id=place.id, number=one["number"])
        row.name, row.removed = one["name"], False
        session.add(row)
        session.flush()
        session.add_all(
            CounterQueue(counter_id=row.id, queue=code, rank=rank) for rank, code in enumerate(one["queues"])
        )
    office_row.advance(session, place)
    setting_changes.keep(session, COUNTERS, place.code, before, after, actor)
    audit.note(session, actor, "counters.set", place.code, f"{len(before)} -> {len(after)}")


def counters_checked(place: OfficeView, wanted: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The counters as they may be set now; `Invalid` otherwise."""
    known = catalogue.current()
    names = {code: queue.words.ja for code, queue in known.queues.items()}
    found = rules.counters(wanted, names, office_settings.needed_queues(place, known))
    left = {one["number"] for one in found}
    used = sorted(office_settings.open_counters(place) - left)
    if used:
        raise Invalid([FieldProblem("number.0", message(IN_USE, number=used[0]))])
    return found


@act
def set_offered(session: Session, place: OfficeView, wanted: Collection[str], seen: str, actor: str) -> None:
    """What an office offers from now on; bookings that were made stay. `Invalid` where no counter serves one."""
    office_row.enter(session, place)
    before = office_settings.offered_state(place)
    setting_changes.judge(before, seen)
    after = offered_checked(place, wanted)
    session.execute(delete(OfficeProcedure).where(OfficeProcedure.office_id == place.id))
    session.add_all(OfficeProcedure(office_id=place.id, procedure=code) for code in after)
    office_row.advance(session, place)
    setting_changes.keep(session, OFFERED, place.code, before, after, actor)
    more, less = len(set(after) - set(before)), len(set(before) - set(after))
    audit.note(session, actor, "procedures.offer", place.code, f"+{more} -{less}")


def offered_checked(place: OfficeView, wanted: Collection[str]) -> list[str]:
    """The procedures as an office may offer them now; `Invalid` otherwise."""
    known = catalogue.current().procedures
    names = {code: (one.words.ja, one.queue) for code, one in known.items()}
    return rules.offered(wanted, names, office_settings.served_queues(place))
