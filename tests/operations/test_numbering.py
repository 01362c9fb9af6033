"""Numbers from the sequence rows: exact, over the leased ones, anew every day, and leases that never overlap."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.db import session
from models.core.errors import Conflict
from models.core.transaction import act
from models.operations import numbering, office_row
from models.queries import hall as halls
from models.queries.offices import OfficeView, office
from models.tables import NumberLease, NumberSequence
from tests.conftest import BOTH, SQLITE
from tests.operations.halls import device, leased, today
from tests.operations.test_booking import honcho

pytestmark = SQLITE


@act
def numbers(db: Session, place: OfficeView, day: date, letter: str, count: int) -> list[str]:
    """So many in one act."""
    office_row.enter(db, place)
    return [numbering.next_number(db, place, day, letter) for _ in range(count)]


@pytest.mark.usefixtures("city")
class TestRunning:
    @BOTH
    def test_a899_is_followed_by_a1000_and_every_number_is_there_once(self) -> None:
        given = numbers(honcho(), today(), "A", 905)
        assert given[897:902] == ["A898", "A899", "A1000", "A1001", "A1002"]
        assert len(set(given)) == 905
        assert session().scalar(select(NumberSequence.last)) == 905

    def test_each_day_office_and_letter_begins_with_001(self) -> None:
        tomorrow = today() + timedelta(days=1)
        for place, day, letter in (
            (honcho(), today(), "A"), (honcho(), tomorrow, "A"), (office("higashi"), today(), "A"),
            (honcho(), today(), "B"),
        ):  # fmt: skip
            assert numbers(place, day, letter, 2) == [f"{letter}001", f"{letter}002"]

    def test_what_was_given_out_counts_no_leased_numbers(self) -> None:
        numbers(honcho(), today(), "A", 3)
        leased("A", 10, device())
        assert halls.given_out(honcho(), today()) == {"A": 3}


@pytest.mark.usefixtures("city")
class TestLeases:
    @BOTH
    def test_blocks_follow_one_another_and_never_overlap(self) -> None:
        one, other = device(), device()
        blocks = [leased("A", 30, one), leased("A", 30, other), leased("B", 30, one), leased("A", 40, one)]
        assert [(block.letter, block.first, block.last) for block in blocks] == [
            ("A", 900, 929), ("A", 930, 959), ("B", 900, 929), ("A", 960, 999),
        ]  # fmt: skip
        assert session().scalars(select(NumberLease.device_id).order_by(NumberLease.id)).all() == [
            one,
            other,
            one,
            one,
        ]

    def test_when_all_are_leased_the_next_kiosk_is_told(self) -> None:
        leased("A", 90, device())
        with pytest.raises(Conflict):
            leased("A", 11, device())
        assert leased("A", 10, device()).last == 999
        with pytest.raises(Conflict):
            leased("C", 101, device())
