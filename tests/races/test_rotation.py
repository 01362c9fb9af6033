"""D5: the master key is renewed while real processes book and read; nothing fails, and the old one is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

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

TURNS = sized(300, 15)
ROTATIONS = sized(40, 6)
BEFORE = 8


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_d5_no_read_or_write_fails_while_the_master_key_is_renewed(live: Settings) -> None:
    with inside(live):
        tokens = [booking.book(asked(free()[at * 7])).token for at in range(BEFORE)]
    before = (live.keys / MASTER).read_bytes()

    def use(lane: int) -> list[str]:
        failed = []
        for turn in range(TURNS):
            token = tokens[(lane + 2 * turn) % BEFORE]
            try:
                form = patiently(lambda token=token: filing.save(token, "F01", filled(f"{lane}"), ready=True))
                found = applications.fields_of(applications.by_token(form.token))
                whose = bookings.contact_of(bookings.by_token(tokens[turn % BEFORE]))
            except DomainError as problem:
                failed.append(repr(problem))
                continue
            failed += [] if (found["r_name"], whose) == (f"{lane}", AIKO) else ["other"]
        return failed

    def rotate(_: OfficeView) -> list[str]:
        for _turn in range(ROTATIONS):
            patiently(lambda: rotating.rotate("test"))
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
