"""F3-F6: a full disk, a database that only reads, is gone or held: 503, nothing half-written, and on again.

The faults come from the database itself: a page limit, a read-only connection, a killed backend, a held lock.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError

from models.core import db as core_db
from models.core.db import ground, session
from models.core.errors import Unavailable
from models.core.settings import Settings
from models.core.space import Space, entered
from models.operations import arrivals, audit
from models.queries.audit import Whole, verify
from models.rules.findings import Finding
from models.tables import Booking, BookingSlot, Slot
from tests.conftest import CITY
from tests.operations.test_booking import free, honcho
from tests.postgresql import TestServer

LONGEST = 5.0
"""Seconds in which somebody hears that it does not work now."""
RECOVERY = 5.0
"""Seconds in which it works again once the server does."""
BOOKINGS = "/api/v1/offices/honcho/bookings"
SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


@pytest.fixture
def times(app: Flask) -> list[str]:
    """When one can book."""
    with app.app_context(), entered(Space(CITY)):
        return [one.isoformat() for one in free()]


def booked(client: FlaskClient, starts_at: str, key: str = "one") -> Any:
    contact = {"name": "マエニワ　アイコ", "email": f"{key}@example.jp"}
    body = {"procedures": ["JUM-01"], "starts_at": starts_at, "contact": contact}
    return client.post(BOOKINGS, json=body, headers={"Idempotency-Key": key})


def stands(app: Flask, bookings: int) -> None:
    """So many bookings, each whole, and nothing else."""
    with app.app_context(), entered(Space(CITY)):
        counts = [
            session().scalar(select(func.count()).select_from(table)) for table in (Booking, BookingSlot)
        ]
        assert [*counts, session().scalar(select(func.sum(Slot.taken)))] == [bookings] * 3
        assert isinstance(verify(), Whole)


@contextmanager
def at_each_begin(app: Flask, statement: str) -> Iterator[None]:
    """Every transaction begins with this statement, until the block ends."""
    with app.app_context(), entered(Space(CITY)):
        engine = ground().engine(Space(CITY))

    def begun(connection: Any) -> None:
        connection.exec_driver_sql(statement)

    event.listen(engine, "begin", begun)
    try:
        yield
    finally:
        event.remove(engine, "begin", begun)
        engine.dispose()


FAULTS = [
    pytest.param("sqlite", "PRAGMA max_page_count=1", id="f3-disk-full"),
    pytest.param("sqlite", "PRAGMA query_only=ON", id="f4-sqlite-reads-only"),
    pytest.param("postgresql", "SET TRANSACTION READ ONLY", id="f4-postgresql-reads-only"),
]


@pytest.mark.parametrize(("engine", "statement"), FAULTS, indirect=["engine"])
def test_what_cannot_be_written_is_503_reads_go_on_and_it_recovers_without_a_restart(
    app: Flask, client: FlaskClient, times: list[str], statement: str
) -> None:
    assert booked(client, times[0]).status_code == 201
    with at_each_begin(app, statement):
        answers = [booked(client, times[at + 1], f"full-{at}").status_code for at in range(40)]
        assert set(answers[-5:]) == {503}, (
            "what fits into pages that are there already is taken, and then no more"
        )
        assert set(answers) <= {201, 503}
        assert client.get("/").status_code == 200
        if "page_count" not in statement:
            says_that_it_only_reads(client)
    assert client.get("/readyz").get_json()["state"] != "degraded"
    made = 1 + answers.count(201)
    stands(app, made)
    assert booked(client, times[-1], "again").status_code == 201
    stands(app, made + 1)


def says_that_it_only_reads(client: FlaskClient) -> None:
    """Degraded, and still to be asked for its pages."""
    health = client.get("/readyz")
    assert (health.status_code, health.get_json()["state"]) == (200, "degraded")
    assert Finding("only_reads", CITY).what in health.get_json()["warnings"]


@POSTGRESQL
def test_f4_a_server_that_somebody_has_set_to_read_only_is_degraded_until_it_writes_again(
    app: Flask, client: FlaskClient, times: list[str], settings: Settings, postgresql: TestServer
) -> None:
    alter(settings, postgresql, "SET default_transaction_read_only = on")
    assert booked(client, times[0]).status_code == 503
    assert client.get("/").status_code == 200
    says_that_it_only_reads(client)
    with app.app_context(), entered(Space(CITY)), pytest.raises(Unavailable):
        arrivals.issue(honcho(), ("JUM-01",), "test")
    alter(settings, postgresql, "RESET default_transaction_read_only")
    assert booked(client, times[0]).status_code == 201
    stands(app, 1)


def alter(settings: Settings, postgresql: TestServer, change: str) -> None:
    """Change a default of the database, and let every connection begin anew."""
    database = settings.database_url.partition("@/")[2].partition("?")[0]
    with psycopg.connect(postgresql.superuser_address(database), autocommit=True) as owner:
        owner.execute("SET default_transaction_read_only = off")
        owner.execute(f'ALTER DATABASE "{database}" {change}')
    cut(settings, postgresql)


@POSTGRESQL
def test_f5_connections_that_were_reset_between_requests_are_not_noticed(
    app: Flask, client: FlaskClient, times: list[str], settings: Settings, postgresql: TestServer
) -> None:
    assert booked(client, times[0]).status_code == 201
    cut(settings, postgresql)
    assert booked(client, times[1], "two").status_code == 201
    stands(app, 2)


@POSTGRESQL
def test_f5_a_connection_lost_within_an_act_is_503_and_the_same_key_books_once(
    app: Flask, client: FlaskClient, times: list[str], settings: Settings, postgresql: TestServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    noted = audit.note

    def lost(*words: Any, **more: Any) -> None:
        noted(*words, **more)
        monkeypatch.setattr(audit, "note", noted)
        cut(settings, postgresql)

    monkeypatch.setattr(audit, "note", lost)
    assert booked(client, times[0]).status_code == 503
    stands(app, 0)
    first, again = booked(client, times[0]), booked(client, times[0])
    assert first.status_code == 201
    assert again.get_json() == first.get_json()
    stands(app, 1)


@POSTGRESQL
def test_f5_a_commit_whose_answer_was_lost_is_answered_again_by_its_key(
    app: Flask, client: FlaskClient, times: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database committed, and the line broke before it could say so."""
    commit = core_db.SpaceSession.commit

    def unheard(self: Any) -> None:
        commit(self)
        monkeypatch.setattr(core_db.SpaceSession, "commit", commit)
        raise psycopg_lost()

    monkeypatch.setattr(core_db.SpaceSession, "commit", unheard)
    assert booked(client, times[0]).status_code == 503
    stands(app, 1)
    assert booked(client, times[0]).status_code == 201
    stands(app, 1)


def psycopg_lost() -> Exception:
    """As SQLAlchemy says it."""
    return OperationalError(
        "COMMIT", {}, psycopg.OperationalError("server closed the connection unexpectedly")
    )


def cut(settings: Settings, postgresql: TestServer) -> None:
    """Reset every connection of the product."""
    database = settings.database_url.partition("@/")[2].partition("?")[0]
    with psycopg.connect(postgresql.superuser_address(database), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid()",
            (database,),
        )


@SQLITE
def test_f6_a_database_that_somebody_else_holds_is_503_in_time_and_then_on_again(
    app: Flask, client: FlaskClient, times: list[str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), entered(Space(CITY)):
        ground().engine(Space(CITY)).dispose()
    monkeypatch.setattr(core_db, "BUSY_MILLISECONDS", 50)
    with closing(sqlite3.connect(settings.instance / "spaces" / f"{CITY}.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert booked(client, times[0]).status_code == 503
        assert client.get("/").status_code == 200
        other.execute("ROLLBACK")
    assert booked(client, times[0]).status_code == 201
    stands(app, 1)


@POSTGRESQL
def test_f6_a_server_that_hangs_is_503_in_time_and_then_on_again(
    app: Flask, client: FlaskClient, times: list[str], postgresql: TestServer
) -> None:
    assert booked(client, times[0]).status_code == 201
    with postgresql.hanging():
        for asked in (lambda: booked(client, times[1], "two"), lambda: client.get("/")):
            begun = os.times().elapsed
            assert asked().status_code == 503
            assert os.times().elapsed - begun < LONGEST
    begun = os.times().elapsed
    while booked(client, times[1], "two").status_code == 503:
        assert os.times().elapsed - begun < RECOVERY
    stands(app, 2)


@POSTGRESQL
def test_f6_a_lock_that_somebody_holds_is_503_in_time_and_then_on_again(
    app: Flask, client: FlaskClient, times: list[str], settings: Settings, postgresql: TestServer
) -> None:
    database = settings.database_url.partition("@/")[2].partition("?")[0]
    with psycopg.connect(postgresql.superuser_address(database)) as other:
        other.execute(f"LOCK TABLE {Space(CITY).schema}.slot")
        assert booked(client, times[0]).status_code == 503
        other.rollback()
    assert booked(client, times[0]).status_code == 201
    stands(app, 1)


def test_the_stand_sees_a_half_written_booking(app: Flask, client: FlaskClient, times: list[str]) -> None:
    booked(client, times[0])
    with app.app_context(), entered(Space(CITY)):
        mark = core_db.writing.set(True)
        with ground().engine(Space(CITY)).begin() as connection:
            connection.execute(text("DELETE FROM booking_slot"))
        core_db.writing.reset(mark)
    with pytest.raises(AssertionError):
        stands(app, 1)
