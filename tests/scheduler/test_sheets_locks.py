"""Whoever sends sheets waits for one office's line at most, and takes it before the sheet, as counters do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from freezegun.api import FrozenDateTimeFactory
from psycopg import sql

from models.core.settings import Settings
from models.core.space import Space
from models.operations import applications as filing
from models.operations import direct_prints, direct_sending
from models.queries import direct_prints as seen
from models.queries.direct_prints import DirectPrintView
from models.queries.offices import office
from models.rules import direct_prints as rules
from models.rules.printers import Wanted
from tests.conftest import inside
from tests.operations import installed
from tests.operations.test_printing import filled
from tests.postgresql import TestServer
from tests.scheduler.streams import PATIENCE, until

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


def asked_at(code: str) -> DirectPrintView:
    """A sheet that is to come out of the printer of an office's first counter."""
    place = office(code)
    installed.printer(place, Wanted("1番", f"ipp://10.0.0.{place.id}/", "", ("1",)))
    return direct_prints.ask(place, filing.file(place, "F01", filled("前庭　愛子")).reference, "1", "ben")


@contextmanager
def line_of(code: str, city: Space, settings: Settings, server: TestServer) -> Iterator[psycopg.Connection]:
    """Somebody else holds an office's line inside this block."""
    database = settings.database_url.partition("@/")[2].partition("?")[0]
    with psycopg.connect(server.superuser_address(database)) as other:
        other.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(city.schema)))
        other.execute("SELECT FROM hall WHERE office_id = %s FOR UPDATE", [office(code).id])
        yield other


def begun(other: psycopg.Connection, settings: Settings, work: Callable[[], object]) -> threading.Thread:
    """Work beside this test that has come to its end, or waits for a lock."""

    def at_work() -> None:
        with inside(settings):
            work()

    thread = threading.Thread(target=at_work)
    thread.start()
    waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    until(lambda: not thread.is_alive() or other.execute(waits).fetchone() == (1,))
    return thread


def test_a_sheet_is_closed_while_another_offices_line_is_held(
    city: Space, settings: Settings, postgresql: TestServer, clock: FrozenDateTimeFactory
) -> None:
    left = asked_at("honcho")
    clock.tick(rules.FRESH)
    fresh = asked_at("higashi")
    with line_of("higashi", city, settings, postgresql) as other:
        broom = begun(other, settings, direct_sending.sweep)
        assert not broom.is_alive()
    assert seen.by_id(office("honcho"), left.id).problem == "not_taken"
    assert seen.by_id(office("higashi"), fresh.id).state == "asked"
    assert direct_sending.sweep() == 0


def test_a_trouble_is_noted_by_taking_the_line_before_the_sheet(
    city: Space, settings: Settings, postgresql: TestServer, clock: FrozenDateTimeFactory
) -> None:
    sheet = asked_at("honcho")
    assert direct_sending.claim(seen.work().printers[0], "talk") is not None
    with line_of("honcho", city, settings, postgresql) as other:
        talk = begun(other, settings, lambda: direct_sending.note(sheet.id, "talk", "no_paper"))
        other.execute("SELECT FROM direct_print WHERE id = %s FOR UPDATE NOWAIT", [sheet.id])
    talk.join(PATIENCE)
    assert seen.by_id(office("honcho"), sheet.id).problem == "no_paper"
