"""A city that has published three weeks, for tests that look through all of its slots again and again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import delete

from models.core.snapshots import writing_in
from models.core.space import Space
from models.tables import Slot
from tests.conftest import CITY, Template, copied, inside, written

LAST = date(2026, 12, 14)


@pytest.fixture(scope="session")
def of_three_weeks(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The demo municipality without its later slots."""
    with (
        written(sqlite_template, tmp_path_factory.mktemp("weeks") / "instance") as made,
        writing_in(Space(CITY)) as connection,
    ):
        connection.execute(delete(Slot).where(Slot.day > LAST))
    return made


@pytest.fixture
def three_weeks(
    of_three_weeks: Template, tmp_path: Path, request: pytest.FixtureRequest, clock: FrozenDateTimeFactory
) -> Iterator[None]:
    """Inside a copy of it."""
    with copied(of_three_weeks, tmp_path / "instance", request) as settings, inside(settings):
        yield
