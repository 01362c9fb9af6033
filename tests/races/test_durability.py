"""F2, G5: what was answered is on the disk: the log is synced after each act and before its answer.

A killed process proves nothing here, because the system writes on: the calls themselves are looked at (strace).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from models.core.db import standing
from models.core.settings import Settings
from models.operations import diagnosis
from tests.conftest import inside
from tests.postgresql import TestServer
from tests.races.crowd import sized
from tests.races.test_stampede import prepare

BOOKINGS = sized(200, 10)
BOOKER = """
import os, sys
from dataclasses import replace
from datetime import datetime
from models.core import settings
from models.operations.booking import Request, book
from models.queries.offices import office
from tests.conftest import inside
from tests.operations.test_booking import AIKO
with inside(settings.load()):
    place = office("honcho")
    for number, starts_at in enumerate(sys.argv[1:]):
        contact = replace(AIKO, email=f"aiko{number}@example.jp")
        made = book(Request(place, ("JUM-01",), datetime.fromisoformat(starts_at), contact))
        os.write(1, ("answer " + made.reference + chr(10)).encode())
"""
TRACED = re.compile(r"(?P<sync>fdatasync|fsync)\(\d+<(?P<path>[^>]+)>\)|write\(1<[^>]*>, .answer ")
SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


def unsynced(trace: str) -> tuple[int, int]:
    """Answers, and how many of them no sync of the write-ahead log went before since the answer before."""
    answers = bare = 0
    synced = False
    for found in TRACED.finditer(trace):
        if found["sync"]:
            synced = synced or found["path"].endswith(".db-wal")
        else:
            answers, bare, synced = answers + 1, bare + (not synced), False
    return answers, bare


@SQLITE
@pytest.mark.skipif(shutil.which("strace") is None, reason="no strace on this machine")
def test_f2_every_answer_comes_after_a_sync_of_the_log(live: Settings, tmp_path: Path) -> None:
    with inside(live):
        beginnings = prepare(BOOKINGS, 100)
    notes = tmp_path / "trace"
    traced = ("strace", "-f", "-y", "-e", "trace=fsync,fdatasync,write", "-o", str(notes))
    environ = {**os.environ, "MAENIWA_INSTANCE": str(live.instance), "MAENIWA_LOG_LEVEL": "error"}
    subprocess.run(
        [*traced, sys.executable, "-c", BOOKER, *beginnings[:BOOKINGS]],
        env=environ, cwd=Path(__file__).parents[2], check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert unsynced(notes.read_text(errors="replace")) == (BOOKINGS, 0)


def test_the_look_sees_an_answer_without_a_sync() -> None:
    log, answer = "1 fdatasync(7</a/city.db-wal>) = 0\n", '1 write(1</dev/null>, "answer X", 9) = 9\n'
    assert unsynced(log + answer + log + answer) == (2, 0)
    assert unsynced(log + answer + answer) == (2, 1)


@POSTGRESQL
def test_f2_a_postgresql_that_answers_too_early_is_found(settings: Settings, postgresql: TestServer) -> None:
    database = settings.database_url.partition("@/")[2].partition("?")[0]
    with psycopg.connect(postgresql.superuser_address(database), autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{database}" SET synchronous_commit = off')
    with standing(settings):
        assert [one for one in diagnosis.diagnose() if one.kind == "early_commit"]
