"""消去: what is past its retention is emptied or deleted, its keys are destroyed, and SQLite's log is cut to nothing.

Every step finds its rows by what stands in them, in batches of one act each: killed half-way it goes on, after weeks it
catches up, and what is gone costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, exists, select, union_all
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import empty_wal, ground
from models.core.db import session as reading
from models.core.space import current_space
from models.core.transaction import act, rows_changed
from models.operations import applications, audit, line_codes, old_tickets, satisfaction, tombstones
from models.queries import past_retention
from models.queries.retention import policies
from models.rules.retention import HISTORY, SLIPS, Retention
from models.tables import (
    Application,
    Booking,
    BookingPerson,
    CarriedFile,
    Envelope,
    Handover,
    HelpCall,
    JobRun,
    Message,
    PrintJob,
    SlipJob,
    Subscription,
    WaitingEntry,
)

AT_ONCE = 200


def purge(today: date) -> dict[str, int]:
    """Purge what is due before this day in the entered space; how many of each kind, never whose."""
    days = policies()
    done = {
        "settled": tombstones.settle(),
        "forms": _all(_forms, today),
        "envelopes": _all(_envelopes, today),
        "contacts": sum(_all(_contacts, office, one, today) for office, one in days.items()),
        "persons": _all(_persons, today),
        "waiting": sum(_all(_waiting, office, one, today) for office, one in days.items()),
        "messages": _all(_messages, None, Retention().message),
    }
    for office, one in days.items():
        last = today - timedelta(days=one.message)
        done["messages"] += _all(_messages, office, one.message) + _all(_subscriptions, office, last)
    done["codes"] = line_codes.forget()
    done["records"] = _all(_old_records)
    done["scores"] = _all(satisfaction.part, today)
    done["tickets"] = old_tickets.forget(today)
    done["keys"] = _destroy_days(today, days)
    done["tombstones"] = tombstones.forget_old()
    _note(done)
    empty_wal()
    return done


def _all(step: Callable[..., int], *given: Any) -> int:
    """Do a step until it meets nothing more."""
    total = 0
    while count := step(*given):
        total += count
    return total


@act
def _forms(session: Session, today: date) -> int:
    """Empty forms that are due, or printed for a visit that is over; a draft goes altogether."""
    found = select(Application).where(past_retention.forms_due(today)).limit(AT_ONCE)
    rows = session.scalars(found).all()
    for row in rows:
        tombstones.forget_key(session, f"application/{row.reference}", row.fields)
        was_draft, row.fields = row.state == "draft", None
        if was_draft and not _on_record(session, row):
            session.delete(row)
    return len(rows)


def _on_record(session: Session, row: Application) -> bool:
    """Whether a print or a handover names an application."""
    printed = session.scalar(select(PrintJob.id).where(PrintJob.application_id == row.id).limit(1))
    return bool(
        printed or session.scalar(select(Handover.id).where(Handover.application_id == row.id).limit(1))
    )


@act
def _envelopes(session: Session, today: date) -> int:
    """Delete envelopes that are due; what was opened of them is a form like any other."""
    rows = session.scalars(select(Envelope).where(Envelope.due < today).limit(AT_ONCE)).all()
    for row in rows:
        applications.end_envelope(session, row)
    return len(rows)


@act
def _contacts(session: Session, office: int, days: Retention, today: date) -> int:
    """Empty contacts and notes of bookings of an office that are due."""
    found = select(Booking).where(past_retention.contacts_due(office, days, today)).limit(AT_ONCE)
    rows = session.scalars(found).all()
    for row in rows:
        tombstones.forget_key(session, f"booking/{row.reference}", row.contact, row.notes)
        row.contact = row.notes = None
    return len(rows)


@act
def _persons(session: Session, today: date) -> int:
    """Forget whose bookings were that are over, and those that were given up more than a day ago."""
    old = (
        select(BookingPerson.booking_id).join(Booking).where(past_retention.persons_due(today)).limit(AT_ONCE)
    )
    numbers = list(session.scalars(old.distinct()))
    return rows_changed(session, delete(BookingPerson).where(BookingPerson.booking_id.in_(numbers)))


@act
def _waiting(session: Session, office: int, days: Retention, today: date) -> int:
    """Delete waiting entries of an office that ended, and empty those whose last day is past."""
    found = select(WaitingEntry).where(past_retention.waiting_due(office, days, today)).limit(AT_ONCE)
    rows = session.scalars(found.with_for_update()).all()
    for row in rows:
        tombstones.forget_key(session, f"waiting/{row.reference}", row.contact)
        row.contact = None
    session.flush()
    numbers = [row.id for row in rows]
    session.execute(delete(WaitingEntry).where(WaitingEntry.id.in_(numbers), past_retention.waiting_over()))
    return len(rows)


@act
def _messages(session: Session, office: int | None, days: int) -> int:
    """Delete messages of an office that ended so many days ago, with their addresses."""
    old = select(Message.id).where(past_retention.messages_due(office, days)).limit(AT_ONCE)
    return rows_changed(session, delete(Message).where(Message.id.in_(list(session.scalars(old)))))


@act
def _subscriptions(session: Session, office: int, last: date) -> int:
    """Delete whom to tell of an office about days that are long over, once no message needs them."""
    needed = exists().where(Message.subscription_id == Subscription.id)
    due = (Subscription.office_id == office, Subscription.due < last, ~needed)
    old = select(Subscription.id).where(*due).limit(AT_ONCE)
    return rows_changed(session, delete(Subscription).where(Subscription.id.in_(list(session.scalars(old)))))


@act
def _old_records(session: Session) -> int:
    """Delete old slip jobs, calls for help, runs of jobs and notes of carried files."""
    at, count = now(), 0
    for table, old in (
        (SlipJob, SlipJob.changed_at < at - SLIPS),
        (HelpCall, HelpCall.at < at - SLIPS),
        (JobRun, JobRun.started_at < at - HISTORY),
        (CarriedFile, CarriedFile.taken_at < at - HISTORY),
    ):
        found = list(session.scalars(select(table.id).where(old).order_by(table.id).limit(AT_ONCE)))
        count += rows_changed(session, delete(table).where(table.id.in_(found))) if found else 0
    return count


def _destroy_days(today: date, days: dict[int, Retention]) -> int:
    """Destroy the keys of days that no office needs any more; how many. A row that still uses one keeps it."""
    most = {name: max((getattr(one, name) for one in days.values()), default=0) for name in _LAST_FOR}
    keys, code, count = ground().keys, current_space().code, 0
    kept_for = {
        "form": 0,
        "answer": 1,
        "contact": max(most["contact"], most["no_show"]),
        "message": most["message"],
        "waiting": most["waiting"],
    }
    for purpose, kept in kept_for.items():
        for day in keys.days_of(code, purpose):
            if day < today - timedelta(days=kept) and not _used(purpose, day):
                tombstones.note_day_key(purpose, day)
                count += keys.destroy(code, purpose, day)
    return count


_LAST_FOR = ("contact", "no_show", "message", "waiting")


def _used(purpose: str, day: date) -> bool:
    """Whether a row is still sealed under this day."""
    asked: dict[str, Any] = {
        "form": union_all(
            select(Application.id).where(Application.fields.is_not(None), Application.due == day),
            select(Envelope.id).where(Envelope.due == day),
        ),
        "contact": select(Booking.id).where(past_retention.SEALED, Booking.day == day),
        "message": select(Subscription.id).where(Subscription.due == day),
        "waiting": select(WaitingEntry.id).where(
            WaitingEntry.contact.is_not(None), WaitingEntry.last_day == day
        ),
    }
    return purpose in asked and reading().execute(asked[purpose].limit(1)).first() is not None


@act
def _note(session: Session, done: dict[str, int]) -> None:
    said = ", ".join(f"{name} {count}" for name, count in done.items() if count)
    audit.note(session, audit.SYSTEM, "purge.run", "", said[:200])
