"""D5: the master key is renewed while real processes book and read; nothing fails, and the old one is gone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from models.core.db import ground
from models.core.errors import DomainError
from models.core.keys import MASTER, NEXT_MASTER
from models.core.settings import Settings
from models.operations import applications as filing
from models.operations import booking, rotating
from models.queries import applications, bookings
from models.queries.offices import OfficeView
from tests.conftest import inside
from tests.operations.test_booking import AIKO, asked, free
from tests.operations.test_printing import filled
from tests.races.crowd import patiently, sized, together

TURNS = sized(300, 30)
ROTATIONS = sized(40, 6)
BEFORE = 8
LAST_KEYS = [f"waiting-2027-01-{day:02}" for day in range(1, 32)]
"""Wrapped after all others: until they are, the others' new wrapping does not fit the old master key."""


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_d5_no_read_or_write_fails_while_the_master_key_is_renewed(live: Settings) -> None:
    with inside(live) as city:
        for name in LAST_KEYS:
            ground().keys.data_key(city.code, name, create=True)
        tokens = [booking.book(asked(free()[at * 7])).token for at in range(BEFORE)]
    before = (live.keys / MASTER).read_bytes()

    def once(lane: int, turn: int) -> bool:
        token = tokens[(lane + 2 * turn) % BEFORE]
        form = filing.save(token, "F01", filled(str(lane)), ready=True)
        fields = applications.fields_of(applications.by_token(form.token))
        contact = bookings.contact_of(bookings.by_token(tokens[turn % BEFORE]))
        return (fields["r_name"], contact) == (str(lane), AIKO)

    def use(lane: int) -> list[str]:
        failed = []
        for turn in range(TURNS):
            try:
                failed += [] if patiently(partial(once, lane, turn)) else ["other"]
            except DomainError as problem:
                failed.append(repr(problem))
        return failed

    def rotate(_: OfficeView) -> list[str]:
        for _turn in range(ROTATIONS):
            patiently(partial(rotating.rotate, "test"))
        return []

    found = together(live, [lambda _: use(0), lambda _: use(1), rotate])
    assert found == [[], [], []]
    assert (live.keys / MASTER).read_bytes() != before
    assert holding(live.keys, before) == []
    assert not [*live.keys.rglob("*.old"), *live.keys.rglob(NEXT_MASTER)]
    with inside(live):
        assert all(bookings.contact_of(bookings.by_token(token)) == AIKO for token in tokens)


def holding(folder: Path, content: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and content in path.read_bytes()]
