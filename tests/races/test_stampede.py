"""R1, R2, G1, G2: hundreds of residents want the same places at once; nothing is oversold, lost or doubled."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import session
from models.core.settings import Settings
from models.core.transaction import act
from models.tables import Booking, BookingSlot, Slot
from tests.conftest import Template, copied, inside
from tests.races.crowd import sized
from tests.races.server import Answer, Server, all_at_once, running

BOOKINGS = "/api/v1/offices/honcho/bookings"
PLANTED = "tests.races.planted:create_app"
CLIENTS, LAST_SLOT_CLIENTS = sized(3000, 120), sized(500, 60)
SLOTS, CAPACITY = sized(100, 10), 5


@act
def prepare(db: Session, slots: int, capacity: int) -> list[str]:
    """Give the first `slots` certificate slots from tomorrow on that nobody has this capacity; their beginnings."""
    rows = db.scalars(
        select(Slot).where(
            Slot.queue == "A", Slot.office_id == 1, Slot.starts_at > now() + timedelta(days=1), Slot.taken == 0
        ).order_by(Slot.starts_at).limit(slots)
    ).all()  # fmt: skip
    db.execute(update(Slot).where(Slot.id.in_([row.id for row in rows])).values(capacity=capacity))
    return [row.starts_at.isoformat() for row in rows]


def booking(starts_at: str, person: int) -> dict[str, Any]:
    contact = {"name": "マエニワ　アイコ", "email": f"aiko{person}@example.jp"}
    return {"procedures": ["JUM-01"], "starts_at": starts_at, "contact": contact}


def press(server: Server, starts_at: str, person: int) -> Callable[[], Answer]:
    key = {"Idempotency-Key": f"client-{person}"}
    return lambda: server.call("POST", BOOKINGS, booking(starts_at, person), **key)


def ledger() -> tuple[int, int, int]:
    """Bookings that live, places they hold, and places the counters say are taken."""
    count = select(func.count())
    return (
        session().scalar(count.select_from(Booking).where(Booking.state == "booked")) or 0,
        session().scalar(count.select_from(BookingSlot)) or 0,
        session().scalar(select(func.sum(Slot.taken))) or 0,
    )


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def crowded(
    request: pytest.FixtureRequest,
    opened_today: Callable[[str], Template],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Settings, Server]]:
    """A municipality and its server, in which each test takes places that nobody has."""
    folder = tmp_path_factory.mktemp("crowded") / "instance"
    with copied(opened_today(request.param), folder, request) as settings, running(settings) as server:
        yield settings, server


def test_r1_of_hundreds_who_want_the_last_place_exactly_one_gets_it(crowded: tuple[Settings, Server]) -> None:
    settings, server = crowded
    with inside(settings):
        before, (starts_at,) = ledger(), prepare(1, 1)
    people = range(CLIENTS, CLIENTS + LAST_SLOT_CLIENTS)
    answers = all_at_once([press(server, starts_at, person) for person in people])
    assert Counter(answer.status for answer in answers) == {201: 1, 409: LAST_SLOT_CLIENTS - 1}
    assert all(len(answer.body["alternatives"]) == 3 for answer in answers if answer.status == 409)
    with inside(settings):
        assert ledger() == tuple(count + 1 for count in before)


def test_g1_a_stampede_with_double_submits_fills_every_place_once(crowded: tuple[Settings, Server]) -> None:
    settings, server = crowded
    chance = random.Random(20261124)
    with inside(settings):
        before, beginnings = ledger(), prepare(SLOTS, CAPACITY)
    people = list(range(int(CLIENTS * 0.7)))
    wanted = {person: beginnings[person % SLOTS] for person in people}
    doubles = chance.sample(people, CLIENTS - len(people))
    order = [*people, *doubles]
    chance.shuffle(order)
    answers = all_at_once([press(server, wanted[person], person) for person in order])
    assert {answer.status for answer in answers} == {201, 409}
    references: dict[int, set[str]] = {}
    for person, answer in zip(order, answers, strict=True):
        if answer.status == 201:
            references.setdefault(person, set()).add(answer.body["reference"])
    assert all(len(found) == 1 for found in references.values()), "a double submit booked twice"
    assert len(references) == SLOTS * CAPACITY
    with inside(settings):
        assert ledger() == tuple(count + SLOTS * CAPACITY for count in before)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_stampede_sees_a_planted_check_then_insert(live: Settings) -> None:
    with inside(live):
        (starts_at,) = prepare(1, 1)
    with running(live, app=PLANTED) as server:
        answers = all_at_once([press(server, starts_at, person) for person in range(60)], at_once=60)
    assert Counter(answer.status for answer in answers)[201] > 1
