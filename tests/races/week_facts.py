"""What must be true after a played week, whoever was killed in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from models.core.anchors import anchors_of
from models.core.clock import now
from models.core.db import ground, session
from models.core.space import current_space
from models.operations import backup
from models.queries import bookings, past_retention
from models.queries.agreement import disagreement
from models.queries.audit import Whole, verify
from models.queries.retention import policies
from models.rules.timetable import DONE
from models.tables import (
    AuditEntry,
    Booking,
    DayForecast,
    FactDay,
    FreedPlace,
    IdempotencyKey,
    JobRun,
    OfferedSlot,
    Slot,
    Ticket,
    TicketEvent,
    Visit,
    WaitingEntry,
)
from tests.operations.test_booking import honcho
from tests.races.people import People
from tests.races.played_house import House
from tests.scheduler.mailbox import Mailbox

Runs = Counter[tuple[str, str]]
PASSED = {"waiting": 1, "offer": 2, "offer_ended": 1}
"""What somebody hears who lets two offers pass."""
TAKEN = {"waiting": 1, "offer": 1}


def jobs_were_done_once(periods: set[tuple[str, str]], begins: Runs, ends: Runs) -> None:
    """Each period that became due has one run, which is done and was closed once; there is no other run."""
    rows = session().execute(select(JobRun.job, JobRun.period, JobRun.state)).all()
    runs, due = Counter((row.job, row.period) for row in rows), Counter(periods)
    assert runs == due, (runs - due, due - runs)
    assert {row.state for row in rows} == {DONE}
    assert set(begins) == periods
    assert set(ends.values()) == {1}, [one for one in ends.items() if one[1] > 1]
    killed_after_its_end = set(begins) - set(ends)
    assert all(begins[one] == 1 for one in killed_after_its_end)


def letters_came_once(house: House, people: People, box: Mailbox) -> None:
    """Everybody was told what was due, nobody anything else; copies are of those killed, with one Message-ID."""
    ids = box.ids()
    assert sum(ids.values()) - len(ids) <= house.kills + house.sleeps
    rows = house.messages
    states = Counter(row.state for row in rows.values())
    assert set(states) <= {"sent", "dropped"}, states
    sent = {name for name, row in rows.items() if (row.channel, row.state) == ("email", "sent")}
    assert set(ids) == sent
    same = {(str(mail["Message-ID"]), _to(mail), str(mail["Subject"])) for mail in box.mails}
    assert len(same) == len(ids)
    came = Counter((to, rows[name].kind) for name, to, _ in same)
    due = wanted(house, people)
    assert came == due, (came - due, due - came)


def wanted(house: House, people: People) -> Counter[tuple[str, str]]:
    """(address, kind) of everything that had to be said."""
    found: Counter[tuple[str, str]] = Counter()
    for one in (*people.visitors, *people.full, *([people.taken] if people.taken else [])):
        found += one.to_hear(house.begins[-1])
    for at, (_, to) in enumerate(people.waiting):
        heard = TAKEN if at == 1 else PASSED
        found += Counter({(to, kind): count for kind, count in heard.items()})
    return found


def pushes_came_once(house: House, people: People, asked: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Whoever asked heard that three are before them, and when to come; once but for what a kill cut off."""
    came = Counter((path, said["tag"]) for path, said in asked)
    assert set(came) == set(people.pushed)
    assert sum(came.values()) - len(came) <= house.kills + house.sleeps


def everything_is_there_once(people: People, periods: set[tuple[str, str]], begins: Runs) -> None:
    """What the jobs leave behind is there for each day, and not twice."""
    visits_were_marked(people)
    places_were_kept()
    days = {period for job, period in periods if job == "backup"}
    folder = backup.folder_of(current_space())
    assert {path.stem for path in folder.glob("2*.zip")} == days
    assert isinstance(verify(), Whole)
    times = [one.at for one in anchors_of(ground().keys.folder, current_space().code).read()]
    entries = session().scalar(select(func.count()).where(AuditEntry.action == "keys.rotate")) or 0
    for job, count in (("audit-anchor", len(times)), ("rotate-keys", entries)):
        due = sum(one == job for one, _ in periods)
        begun = sum(many for run, many in begins.items() if run[0] == job)
        assert due <= count <= begun, job
    old = select(IdempotencyKey.id).where(IdempotencyKey.created_at < now() - timedelta(days=2))
    assert session().scalars(old).all() == []
    today = honcho().day_of(now())
    for office, kept in policies().items():
        left = past_retention.contacts_due(office, kept, today)
        assert session().scalar(select(func.count()).where(left)) == 0


def visits_were_marked(people: People) -> None:
    """Who did not come is a no-show with one ticket; who took a number and went home was sent home once."""
    today, over = honcho().day_of(now()), 0
    for one in people.visitors:
        view = bookings.by_token(one.token or one.made.token)
        past = honcho().day_of(view.starts_at) < today
        state = "cancelled" if one.cancelled_at else "no_show" if past else "booked"
        assert view.state == state, one
        tickets = select(func.count()).select_from(Ticket).join(Visit).join(Booking)
        count = session().scalar(tickets.where(Booking.reference == view.reference))
        assert count == (state == "no_show"), one
        over += state == "no_show"
    assert over >= 5
    expired = select(func.count()).where(TicketEvent.kind == "expire").group_by(TicketEvent.ticket_id)
    assert list(session().scalars(expired)) == [1] * (people.left - 1)


def places_were_kept() -> None:
    """Slots are published as far as they should be, each once, and hold just what was booked."""
    today = honcho().day_of(now())
    assert not disagreement(today).found
    twice = select(Slot.starts_at).group_by(Slot.office_id, Slot.queue, Slot.starts_at)
    assert session().scalars(twice.having(func.count() > 1)).all() == []
    furthest = session().scalar(select(func.max(Slot.day)).where(Slot.office_id == honcho().id))
    assert furthest is not None
    assert (furthest - today).days in range(57, 61)
    assert Counter(session().scalars(select(WaitingEntry.state))) == {"booked": 1, "expired": 2}
    for left in (FreedPlace.id, OfferedSlot.slot_id):
        assert session().scalars(select(left)).all() == []
    days = list(session().scalars(select(FactDay.day).where(FactDay.office_id == honcho().id)))
    assert len(days) == len(set(days))
    forecasts = select(DayForecast.office_id, DayForecast.day).group_by(
        DayForecast.office_id, DayForecast.day
    )
    assert session().execute(forecasts.having(func.count() > 1)).all() == []


def _to(mail: Any) -> str:
    return str(mail["To"]).strip("<>")
