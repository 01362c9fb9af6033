"""D1: each office's waits, messages and contacts go at their own time, also where they share a day's key."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import ground, session
from models.core.keys import KeyDestroyed
from models.core.space import Space
from models.core.tokens import fingerprint, new_token
from models.core.tombstones import KEY, Tombstone, tombstones_of
from models.core.transaction import act
from models.core.vault import seal, unseal
from models.operations import booking, messages, purging, retention, subscriptions, tombstones
from models.operations.messages import Notice, Way
from models.operations.subscriptions import About
from models.queries.offices import OfficeView, offices
from models.queries.retention import proposed_of
from models.queries.subscriptions import row_name
from models.tables import Booking, Message, Subscription, WaitingEntry
from tests.conftest import BOTH, SQLITE
from tests.operations.test_booking import AIKO, asked, free, honcho
from tests.operations.test_purging import sealed

pytestmark = SQLITE

DAY = date(2026, 11, 26)
SHORT = {"contact": 2, "no_show": 2, "waiting": 1, "message": 1}
LONG = {"contact": 20, "no_show": 20, "waiting": 7, "message": 14}


def elsewhere() -> OfficeView:
    return next(one for one in offices() if one.code != "honcho")


@act
def waits(db: Session, place: OfficeView, reference: str, state: str = "waiting") -> None:
    """Somebody waits (or waited) for a place on one day."""
    kept = seal(
        json.dumps({"name": "漏洩検知"}), purpose="waiting", due=DAY, row=f"waiting/{reference}",
        field="contact", alone=True,
    )  # fmt: skip
    db.add(
        WaitingEntry(
            reference=reference, token_hash=fingerprint(new_token()), person_hash=fingerprint(reference),
            office_id=place.id, queue="A", procedures=["JUM-01"], first_day=DAY, last_day=DAY, channel="web",
            contact=kept, due=DAY, created_at=now(), state=state,
        )
    )  # fmt: skip


@act
def told(db: Session, place: OfficeView) -> None:
    """Somebody asked to be told about one day, and was told."""
    way = Way("email", f"rouei-{place.code}@example.jp")
    subscriptions.keep(db, About(place, DAY), way, "ja")
    messages.put(db, Notice("booked", f"booking/{place.code}", place, "ja", {}), [way])
    for row in db.scalars(select(Message).where(Message.office_id == place.id)):
        row.state, row.ended_at = "dead", now()


def decided() -> None:
    for place, days in ((honcho(), SHORT), (elsewhere(), LONG)):
        retention.set_policy(place, days, "one")
        proposed = proposed_of(place)
        assert proposed is not None
        retention.confirm(place, "two", proposed.at.isoformat())


def kept() -> dict[str, bytes]:
    """What is sealed of waits, subscriptions and messages now."""
    found = {}
    for row in session().scalars(select(WaitingEntry).where(WaitingEntry.contact.is_not(None))):
        found[f"waiting/{row.reference} contact"] = row.contact or b""
    for one in session().scalars(select(Subscription)):
        found[f"{row_name(one)} address"] = one.address or b""
    for sent in session().scalars(select(Message)):
        found[f"message/{sent.message_id} address"] = sent.address or b""
    session().rollback()
    return found


def readable(before: dict[str, bytes]) -> list[str]:
    """Which of these, taken from a backup, still open."""
    opened = []
    for place, content in before.items():
        row, field = place.split(" ")
        try:
            unseal(content, row=row, field=field)
            opened.append(row.split("/")[0])
        except KeyDestroyed:
            pass
    return opened


def counted() -> list[int]:
    found = [
        session().scalar(select(func.count()).select_from(one)) or 0
        for one in (Message, Subscription, WaitingEntry)
    ]
    session().rollback()
    return found


@pytest.mark.usefixtures("city")
class TestOffices:
    def test_d1_the_longer_office_can_read_after_the_shorter_ones_purge_and_the_shorter_cannot(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        decided()
        for at, place in enumerate((honcho(), elsewhere())):
            waits(place, f"WAIT000{at}", state=("booked", "expired")[at])
            told(place)
        before = kept()
        assert len(readable(before)) == len(before) == 6
        mine = [one for one in before if one.startswith("waiting/WAIT0000")]
        clock.move_to("2026-11-30T00:40:00+09:00")
        purging.purge(date(2026, 11, 30))
        assert counted() == [1, 1, 1]
        assert readable({one: before[one] for one in mine}) == []
        assert len(readable(kept())) == len(kept()) == 3
        clock.move_to("2026-12-20T00:40:00+09:00")
        done = purging.purge(date(2026, 12, 20))
        assert (done["waiting"], done["messages"]) == (1, 2)
        assert counted() == [0, 0, 0]
        assert readable(before) == []

    @BOTH
    def test_d1_two_offices_bookings_of_one_day_go_at_their_own_times(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        decided()
        mine = booking.book(asked(free()[0]))
        there = booking.book(asked(free()[0]))
        _moved_to(there.reference, elsewhere())
        clock.tick(timedelta(days=4))
        before = {row: content for row, _, content in sealed()}
        purging.purge(honcho().day_of(now()))
        with pytest.raises(KeyDestroyed):
            unseal(before[f"booking/{mine.reference}"], row=f"booking/{mine.reference}", field="contact")
        name = f"booking/{there.reference}"
        assert AIKO.name in unseal(before[name], row=name, field="contact")
        clock.tick(timedelta(days=20))
        purging.purge(honcho().day_of(now()))
        with pytest.raises(KeyDestroyed):
            unseal(before[name], row=name, field="contact")

    def test_a_wait_that_goes_on_is_emptied_and_stays_in_line(self) -> None:
        waits(honcho(), "WAIT0000")
        purging.purge(DAY + timedelta(days=1))
        assert len(kept()) == 1
        purging.purge(DAY + timedelta(days=2))
        assert (kept(), counted()[2]) == ({}, 1)

    def test_a_wait_whose_end_was_rolled_back_keeps_its_key(
        self, city: Space, clock: FrozenDateTimeFactory
    ) -> None:
        waits(honcho(), "WAIT0000")
        mark = f"waiting-{DAY.isoformat()} waiting/WAIT0000"
        tombstones_of(ground().keys.folder, city.code).add([Tombstone(KEY, mark, now().isoformat())])
        clock.tick(tombstones.UNDER_WAY)
        assert tombstones.settle() == 1
        assert readable(kept()) == ["waiting"]


@act
def _moved_to(db: Session, reference: str, place: OfficeView) -> None:
    """The booking was another office's all along."""
    db.scalars(select(Booking).where(Booking.reference == reference)).one().office_id = place.id
