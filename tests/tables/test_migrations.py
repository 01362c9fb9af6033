"""Every revision goes up and down with data in it, and ends where the tables say, on both engines."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, MetaData, Table, delete, inspect, select, text

from models.core import migration
from models.core.clock import now
from models.core.db import Base, ground, session, writing
from models.core.snapshots import writing_in
from models.core.space import Space, entered
from models.core.types import UTCDateTime
from models.operations import accounts
from models.operations.booking import Request, book
from models.queries import availability, catalogue
from models.queries.bookings import Contact
from models.queries.offices import office
from models.tables import Booking, Hall, Slot, Ticket, Visit

Rows = dict[str, list[dict[str, object]]]
Content = dict[str, tuple[list[str], list[tuple[object, ...]]]]
FEW = 300
"""Slots that are carried through revisions."""


@pytest.fixture(autouse=True)
def scripts_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No step of a test reads every revision's file anew."""
    read = ScriptDirectory.from_config(migration._config())
    monkeypatch.setattr(ScriptDirectory, "from_config", lambda _: read)


def filled(city: Space) -> None:
    """A booking, and somebody who works here."""
    place = office("honcho")
    need = availability.need_of(catalogue.current(), place, ("JUM-01",))
    today = place.day_of(now())
    times = availability.free_times(place, need, today, today + timedelta(days=7), now())
    book(Request(place, ("JUM-01",), times[0].starts_at, Contact("マエニワ　アイコ", "a@example.jp")))
    accounts.invite("aoki", "青木", "counter", "honcho", "test")
    thinned(city)


def thinned(city: Space) -> None:
    """Most of the published slots are gone."""
    session().rollback()
    with writing_in(city) as connection:
        connection.execute(delete(Slot).where(Slot.id > FEW, Slot.taken == 0))


def tables_of(space: Space) -> set[str]:
    with entered(space), ground().engine(space).connect() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_the_migrated_tables_are_the_declared_tables(city: Space) -> None:
    with ground().engine(city).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_down_to_nothing_and_up_again_with_data(city: Space) -> None:
    filled(city)
    whole = tables_of(city)
    with entered(city):
        migration.migrate(city, "base")
        assert tables_of(city) == set()
        migration.migrate(city)
        assert tables_of(city) == whole
        assert migration.revision_of(city) == migration.head()
        assert session().scalars(select(Booking)).all() == []


def test_bringing_up_what_is_up_changes_nothing(city: Space) -> None:
    filled(city)
    migration.migrate(city)
    assert len(session().scalars(select(Booking)).all()) == 1


def test_a_migration_that_fails_leaves_the_old_tables(city: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(city)

    def broken(connection: object, revision: str) -> None:
        connection.execute(text("DROP TABLE booking_slot"))  # type: ignore[attr-defined]
        raise RuntimeError

    monkeypatch.setattr(migration, "_run", broken)
    with pytest.raises(RuntimeError):
        migration.migrate(city)
    assert "booking_slot" in tables_of(city)


def reflected(city: Space) -> MetaData:
    """The tables as they are now, without what this build knows of them."""
    found = MetaData()
    with entered(city), ground().engine(city).connect() as connection:
        found.reflect(connection)
    return found


def rows_of(city: Space, known: MetaData) -> Rows:
    with ground().engine(city).connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(select(table))]
            for table in known.sorted_tables
        }


CHOSEN = re.compile(r"(\w+) IN \('([^']+)'")
INVENTED: dict[type, object] = {
    bool: True, int: 1, float: 1.0, str: "x", bytes: b"x" * 32, time: time(9, 0),
    datetime: datetime(2026, 11, 24, tzinfo=UTC), date: date(2026, 11, 24),
}  # fmt: skip


KNOWN_BEFORE = {"staffing_tuning": {"kind": "counters"}}
"""What the build before would know: rows of new kinds go with their kind."""


def invented(connection: Connection, table: Table) -> dict[str, object]:
    """A row that a table takes: what its constraints and the rows that it points to allow."""
    checks = (str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint))
    row: dict[str, object] = dict(found for check in checks for found in CHOSEN.findall(check))
    row |= KNOWN_BEFORE.get(table.name, {})
    for column in table.columns:
        if column.foreign_keys:
            (points,) = column.foreign_keys
            row[column.name] = connection.execute(select(points.column).limit(1)).scalar()
        elif column.name not in row:
            real = datetime if isinstance(column.type, UTCDateTime) else column.type.python_type
            row[column.name] = next((value for kind, value in INVENTED.items() if issubclass(real, kind)), {})
    return row


def fill_what_is_empty(city: Space) -> None:
    """Every table has a row at least."""
    with writing_in(city) as connection:
        for table in Base.metadata.sorted_tables:
            if connection.execute(select(table).limit(1)).first() is None:
                connection.execute(table.insert(), invented(connection, table))


def content_of(city: Space) -> Content:
    """What the file or the schema has: of each table its columns, and its rows as they are stored."""
    with ground().engine(city).connect() as connection:
        found = {}
        for name in set(inspect(connection).get_table_names()) - {"alembic_version"}:
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"')
            found[name] = (list(rows.keys()), [tuple(row) for row in rows])
        return found


def kept(before: Content, after: Content) -> None:
    """Every row is there, with every column that both revisions have."""
    for name in set(before) & set(after):
        both = [column for column in before[name][0] if column in after[name][0]]
        old, new = (_told(both, *found[name]) for found in (before, after))
        assert new == old, name


def _told(wanted: list[str], columns: list[str], rows: list[tuple[object, ...]]) -> list[str]:
    places = [columns.index(name) for name in wanted]
    return sorted(str([row[place] for place in places]) for row in rows)


def test_o1_every_row_stays_through_each_revision_down_and_up(city: Space) -> None:
    """As far as its table and its columns are there; what a table does to the tickets of 0001 is shown below."""
    filled(city)
    fill_what_is_empty(city)
    content = content_of(city)
    assert set(content) == set(Base.metadata.tables)
    assert min(len(rows) for _, rows in content.values()) > 0
    newest = int(migration.head() or 0)
    for revision in (*range(newest - 1, 1, -1), *range(3, newest + 1)):
        migration.migrate(city, f"{revision:04}")
        now_there = content_of(city)
        kept(content, now_there)
        content = now_there
    assert set(content) == set(Base.metadata.tables)


def test_o3_a_version_that_knows_only_the_tables_before_still_writes_every_row(city: Space) -> None:
    """While two versions live, the older one's statements must be taken by the newer one's tables."""
    filled(city)
    migration.migrate(city, "0002")
    older = reflected(city)
    rows = rows_of(city, older)
    migration.migrate(city)
    newer = reflected(city)
    with writing_in(city) as connection:
        for table in reversed(newer.sorted_tables):
            if table.name != "alembic_version":
                connection.execute(table.delete())
        for table in older.sorted_tables:
            if table.name != "alembic_version" and rows[table.name]:
                connection.execute(table.insert(), rows[table.name])
    found = rows_of(city, older)
    assert {name: len(kept) for name, kept in found.items()} == {
        name: len(kept) for name, kept in rows.items()
    }
    assert session().scalar(select(Booking.id)) is not None


BEFORE = (
    "INSERT INTO visit (id, office_id, day, arrived_at) VALUES (1, 1, '2026-11-24', '2026-11-24 00:00:00')",
    (
        "INSERT INTO ticket (id, visit_id, office_id, day, queue, number, token_hash, procedure, procedures, source,"
        " prefilled, state, language, order_at, booked_for) VALUES (1, 1, 1, '2026-11-24', 'A', 'R001', :token,"
        " 'JUM-01', '[]', 'booked', false, 'called', 'ja', '2026-11-24 00:00:00', '2026-11-24 00:02:00')"
    ),
    "INSERT INTO ticket_event (id, ticket_id, at, kind, actor) VALUES (1, 1, '2026-11-24 00:00:00', 'arrive', 'test')",
)


def written(city: Space, statements: tuple[str, ...]) -> None:
    mark = writing.set(True)
    try:
        with ground().engine(city).begin() as connection:
            for statement in statements:
                connection.execute(text(statement), {"token": b"x" * 32} if ":token" in statement else {})
    finally:
        writing.reset(mark)


def test_tickets_of_the_first_tables_become_visits_with_one_ticket_and_back(city: Space) -> None:
    thinned(city)
    migration.migrate(city, "0001")
    written(city, BEFORE)
    migration.migrate(city)
    ticket, visit = session().get(Ticket, 1), session().get(Visit, 1)
    assert ticket is not None
    assert visit is not None
    assert (ticket.number, ticket.state, ticket.leg, ticket.due_at) == ("R001", "called", 1, ticket.order_at)
    assert visit.token_hash == b"x" * 32
    assert {row.office_id for row in session().scalars(select(Hall))} == {1, 2, 3}
    session().rollback()
    migration.migrate(city, "0001")
    with ground().engine(city).connect() as connection:
        assert connection.execute(text("SELECT token_hash FROM ticket")).scalar_one() == b"x" * 32
        assert connection.execute(text("SELECT count(*) FROM ticket_event")).scalar_one() == 1
    migration.migrate(city)
