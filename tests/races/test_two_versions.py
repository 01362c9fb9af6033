"""O3: the build before the newest revision goes on taking bookings while the tables are brought up and this one joins.

It is taken out of the repository's own history; its processes and ours stand on one PostgreSQL.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from models.core import migration
from models.core.db import session
from models.core.settings import Settings
from models.core.space import Space
from models.tables import Booking
from tests.conftest import CITY, inside
from tests.races import server
from tests.races.crowd import FULL
from tests.races.test_restarts import Resident, booking_all_the_time
from tests.races.test_stampede import ledger, prepare

CLIENTS, SECONDS = 4, 5
REVISIONS = "models/migrations/versions"


def git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=server.ROOT, check=True, capture_output=True).stdout


def build_before(folder: Path) -> Path:
    """The newest commit that did not know the newest revision yet, as files."""
    head = f"{REVISIONS}/{migration.head()}_*.py"
    added = git("log", "--diff-filter=A", "--format=%H", "-1", "--", head).decode().strip()
    with tarfile.open(fileobj=io.BytesIO(git("archive", f"{added}~"))) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.mark.skipif(not FULL, reason="takes the build before from the repository's history: with make races")
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_o3_two_versions_live_lose_nothing_and_answer_everybody(
    live: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = build_before(tmp_path)
    with inside(live):
        (starts_at,) = prepare(1, 100_000)
        migration.migrate(Space(CITY), f"{int(migration.head() or 0) - 1:04}")
    with monkeypatch.context() as there:
        there.setattr(server, "ROOT", before)
        there.setenv("PYTHONPATH", str(before))
        old = server.started(live)
    at_old, at_new = (
        [Resident(old, at, starts_at, threading.Event()) for at in range(CLIENTS)],
        list[Resident](),
    )
    try:
        with booking_all_the_time(at_old):
            time.sleep(SECONDS)
            upgrade(live)
            with server.running(live) as new:
                at_new += [Resident(new, CLIENTS + at, starts_at, threading.Event()) for at in range(CLIENTS)]
                with booking_all_the_time(at_new):
                    time.sleep(SECONDS)
                    assert [one.call("GET", "/").status for one in (old, new)] == [200, 200]
    finally:
        old.kill()
    heard = [Counter(answer.status for one in some for answer in one.answers) for some in (at_old, at_new)]
    print(f"before: {dict(heard[0])}, this build: {dict(heard[1])}")  # noqa: T201
    assert [set(statuses) for statuses in heard] == [{201}, {201}]
    answered = {reference for one in (*at_old, *at_new) for reference in one.booked.values()}
    with inside(live):
        assert migration.revision_of(Space(CITY)) == migration.head()
        assert set(session().scalars(select(Booking.reference))) == answered
        assert ledger() == (len(answered),) * 3


def upgrade(settings: Settings) -> None:
    """As an administrator does it, with the new build."""
    words = {"MAENIWA_DATABASE_URL": settings.database_url, "PYTHONPATH": str(server.ROOT)}
    command = (
        sys.executable,
        "-m",
        "scheduler.commands.main",
        "upgrade",
        "--instance",
        str(settings.instance),
    )
    subprocess.run(command, cwd=server.ROOT, env=os.environ | words, check=True, capture_output=True)
