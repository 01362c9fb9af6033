"""Every revision goes up and down with data in it, and ends where the tables say, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text

from models.core import migration
from models.core.clock import now
from models.core.db import Base, ground, session
from models.core.space import Space, entered
from models.operations import accounts
from models.operations.booking import Request, book
from models.queries import availability, catalogue
from models.queries.bookings import Contact
from models.queries.offices import office
from models.tables import Booking


def filled() -> None:
    place = office("honcho")
    need = availability.need_of(catalogue.current(), place, ("JUM-01",))
    today = place.day_of(now())
    times = availability.free_times(place, need, today, today + timedelta(days=7), now())
    book(Request(place, ("JUM-01",), times[0].starts_at, Contact("マエニワ　アイコ", "a@example.jp")))
    accounts.invite("aoki", "青木", "counter", "honcho", "test")


def tables_of(space: Space) -> set[str]:
    with entered(space), ground().engine(space).connect() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_the_migrated_tables_are_the_declared_tables(city: Space) -> None:
    with ground().engine(city).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_down_to_nothing_and_up_again_with_data(city: Space) -> None:
    filled()
    whole = tables_of(city)
    session().rollback()
    with entered(city):
        migration.migrate(city, "base")
        assert tables_of(city) == set()
        migration.migrate(city)
        assert tables_of(city) == whole
        assert migration.revision_of(city) == migration.head()
        assert session().scalars(select(Booking)).all() == []


def test_bringing_up_what_is_up_changes_nothing(city: Space) -> None:
    filled()
    session().rollback()
    migration.migrate(city)
    assert len(session().scalars(select(Booking)).all()) == 1


def test_a_migration_that_fails_leaves_the_old_tables(city: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    filled()
    session().rollback()

    def broken(connection: object, revision: str) -> None:
        connection.execute(text("DROP TABLE booking_slot"))  # type: ignore[attr-defined]
        raise RuntimeError

    monkeypatch.setattr(migration, "_run", broken)
    with pytest.raises(RuntimeError):
        migration.migrate(city)
    assert "booking_slot" in tables_of(city)
