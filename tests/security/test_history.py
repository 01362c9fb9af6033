"""What people look at and do all day never reads a table of the past from its beginning to its end."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing

from models.operations import direct_sending
from models.queries import direct_prints
from tests.conftest import inside
from tests.security.crawling import Walked
from tests.security.world import World
from tests.web.statements import asked

PAST = (
    "application", "audit_entry", "booking", "booking_person", "counter_shift", "direct_print", "envelope", "handover",
    "print_job", "satisfaction", "ticket", "ticket_event", "visit",
)  # fmt: skip
"""Tables that grow with every visitor. Messages and runs of jobs go after weeks."""
OF_INSTALLATION = re.compile(r"\b(FROM|INTO|UPDATE) municipality\b")
"""What is asked of the file that all cities share."""
READ_WHOLE = re.compile(rf"SCAN ({'|'.join(PAST)})\b")


def read_whole(world: World, statements: Iterable[str]) -> list[tuple[str, str]]:
    """The plan's step and the statement of all that SQLite would answer by reading a whole table of the past."""
    found: list[tuple[str, str]] = []
    with closing(sqlite3.connect(world.file())) as connection:
        for statement in sorted(set(statements)):
            found += [(step, statement) for step in _plan(connection, statement) if READ_WHOLE.match(step)]
    return found


def _plan(connection: sqlite3.Connection, statement: str) -> list[str]:
    if OF_INSTALLATION.search(statement):
        return []
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", [None] * statement.count("?"))
    return [str(row[-1]) for row in rows]


def test_no_page_and_no_form_reads_the_whole_past(world: World, walk: Walked) -> None:
    assert all(
        any(f"FROM {table}" in one for one in walk.statements)
        for table in ("ticket", "counter_shift", "visit")
    )
    found = read_whole(world, walk.statements)
    assert not found, "\n\n".join(f"{step}: {statement}" for step, statement in found)


def test_no_look_for_sheets_to_print_reads_every_sheet_there_was(world: World) -> None:
    with inside(world.settings), asked() as statements:
        direct_prints.work()
        direct_sending.to_settle(1)
        direct_sending.sweep()
        direct_sending.claim(1, "test")
    assert any("direct_print" in one for one in statements)
    assert read_whole(world, statements) == []


def test_a_question_without_an_index_would_be_found(world: World) -> None:
    """The planted fault: a counter's last shift, as it was looked up before there was an index for it."""
    world.execute("DROP INDEX ix_counter_shift_counter")
    asked_at_the_desk = (
        "SELECT * FROM counter_shift WHERE counter_id = ? AND day = ? ORDER BY id DESC LIMIT 1"
    )
    assert [step for step, _ in read_whole(world, [asked_at_the_desk])] == ["SCAN counter_shift"]
