"""T1: the machine's clock is set while a house runs, an hour back, a day back or ten years on, and then put right.

libfaketime stands between the processes and their clock, and reads what it should be from a file each time it is asked.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.core.settings import Settings
from models.operations import accounts
from models.queries.jobs import history
from models.rules.findings import KINDS
from tests.conftest import inside
from tests.scheduler.mailbox import Mailbox, mailbox
from tests.scheduler.processes import port_of_a_house, serving
from tests.scheduler.test_live_house import Answer, Live, booking

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
"""A Tuesday, at ten in the morning: the hall is open."""
SLEEP = "import select, time\ntime.sleep = lambda seconds: select.select([], [], [], seconds)\n"
"""libfaketime 0.9.10 refuses `clock_nanosleep` where the steady clock is the true one."""
JUMPS = {
    "a day back": timedelta(days=-1),
    "an hour back": timedelta(hours=-1),
    "ten years on": timedelta(days=3653),
}
NOTICED = 60
"""Seconds in which a scheduler that looks each half minute has seen it, on a machine with other things to do."""


@dataclass
class SetClock:
    """What the processes of a house are told of the time: when they begin it is ten o'clock."""

    file: Path

    def __post_init__(self) -> None:
        (self.file.parent / "sitecustomize.py").write_text(SLEEP, encoding="ascii")
        self._begun = datetime.now(UTC)  # noqa: TID251
        self.set(timedelta())

    def set(self, far: timedelta) -> None:
        """From now on they read a clock that is `far` from it."""
        new = self.file.with_suffix(".new")
        new.write_text(f"{(TEN - self._begun + far).total_seconds():+.3f}\n", encoding="ascii")
        new.replace(self.file)

    def forget(self) -> None:
        """Take away what processes that were killed left: one that gets the number of theirs would not begin."""
        for left in Path("/dev/shm").glob("*faketime_s*m_*"):
            if not Path("/proc", left.name.rpartition("_")[2]).exists():
                left.unlink(missing_ok=True)

    def environment(self, box: Mailbox, port: int) -> dict[str, str]:
        """What a house under this clock is started with."""
        return {
            "PYTHONPATH": os.pathsep.join((str(self.file.parent), os.environ.get("PYTHONPATH", ""))),
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "MAENIWA_SMTP_URL": box.url,
            "MAENIWA_MAIL_FROM": "yoyaku@city.example.jp",
            "MAENIWA_PUBLIC_URL": f"http://127.0.0.1:{port}",
        }


def until(true: Callable[[], Any]) -> None:
    end = monotonic() + NOTICED
    while not true():
        assert monotonic() < end
        sleep(0.2)


def heard(live: Live, method: str, path: str, body: object = None) -> Answer:
    """The house's answer; whoever hears 503, because jobs write, asks again."""
    answers: list[Answer] = []

    def answered() -> bool:
        answers.append(live.ask(method, f"/api/v1/{path}", body))
        return answers[-1].status != 503

    until(answered)
    return answers[-1]


def numbers(live: Live, far: timedelta) -> list[tuple[str, str]]:
    """Three walk-ins: the day of each, and what number it got."""
    made = [heard(live, "POST", "offices/honcho/tickets", {"procedures": ["JUM-01"]}) for _ in range(3)]
    return [(str((TEN + far).date()), answer.json()["number"]) for answer in made]


def jumps(settings: Settings) -> list[float]:
    """What the scheduler has noted, in minutes."""
    with inside(settings):
        return sorted(round(run.detail["seconds"] / 60) for run in history(job="clock"))


@pytest.mark.skipif(not LIBRARY, reason="needs libfaketime of the system")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_t1_a_house_whose_clock_is_set_gives_no_number_and_no_letter_twice_and_opens_nothing_again(
    settings: Settings, tmp_path: Path
) -> None:
    with inside(settings):
        token = accounts.issue_token("counter", None, "test")
    clock, port = SetClock(tmp_path / "clock"), port_of_a_house()
    with ExitStack() as stack:
        box = stack.enter_context(mailbox())
        clock.forget()
        stack.callback(clock.forget)
        words, log = clock.environment(box, port), tmp_path / "log"
        house = stack.enter_context(serving(settings.instance, "--port", str(port), log=log, **words))
        live = Live(house, 0, token)
        times = heard(live, "GET", "offices/honcho/slots?procedure=JUM-01").json()
        wanted = (booking(times[at]["starts_at"]) for at in (20, 40))
        stays, gone = (
            f"bookings/{heard(live, 'POST', 'offices/honcho/bookings', one).json()['token']}"
            for one in wanted
        )
        assert heard(live, "DELETE", gone).status == 204
        until(lambda: len(box.mails) >= 2)
        given, noted = numbers(live, timedelta()), list[float]()
        for far in JUMPS.values():
            for put in (far, timedelta()):
                clock.set(put)
                noted.append((put or -far).total_seconds() / 60)
                until(lambda: jumps(settings) == sorted(noted))
                assert KINDS["clock_set"][0] in str(live.ask("GET", "/readyz").json()["warnings"])
                given += numbers(live, put)
                assert heard(live, "GET", gone).json()["status"] in ("cancelled", 410)
        assert heard(live, "GET", stays).json()["status"] == "booked"
    assert len(set(given)) == len(given)
    assert set(box.ids().values()) == {1}
