"""F9: two real scheduler processes on one municipality do each job once, and each one's end lets the other go on."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

from models.core.clock import now
from models.core.settings import Settings
from models.queries.jobs import done
from models.rules.timetable import TIMETABLE
from tests.conftest import CITY, inside
from tests.scheduler.processes import COMMAND, PATIENCE, environment

INSIDE = [entry for entry in TIMETABLE if not entry.leaves]
LINE = re.compile(r'"?job done"?.*')


def start(settings: Settings, log: Path) -> subprocess.Popen[bytes]:
    extra = {"MAENIWA_DATABASE_URL": settings.database_url} if settings.on_postgresql else {}
    with log.open("wb") as lines:
        return subprocess.Popen(
            [*COMMAND, "jobs", "start", "--instance", str(settings.instance)],
            env=environment(MAENIWA_LOG_LEVEL="info", **extra), stdout=lines, stderr=lines,
        )  # fmt: skip


def until_both_listen(processes: list[subprocess.Popen[bytes]]) -> None:
    """Wait until each would hear a request to end: the system ends one that is still starting."""
    end = time.monotonic() + PATIENCE
    while not all(listens(one) for one in processes):
        assert time.monotonic() < end, "not everybody started"
        time.sleep(0.05)


def listens(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process has a handler of its own for SIGTERM."""
    caught = re.search(r"SigCgt:\s*([0-9a-f]+)", Path(f"/proc/{process.pid}/status").read_text())
    assert caught
    return bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)


def until_done(settings: Settings) -> None:
    """Wait until every job's newest period is done."""
    wanted = {entry.job: entry.last_due(now()) for entry in INSIDE}
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with inside(settings):
            if done(wanted) == set(wanted):
                return
        time.sleep(0.2)
    raise AssertionError("not everything was done")


def test_f9_two_processes_do_each_job_once(live: Settings, tmp_path: Path) -> None:
    logs = [tmp_path / "one.log", tmp_path / "two.log"]
    processes = [start(live, log) for log in logs]
    try:
        until_both_listen(processes)
        until_done(live)
        for process in processes:
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
    finally:
        for process in processes:
            process.kill()
            process.wait()
    said = [line for log in logs for line in log.read_text().splitlines() if LINE.search(line)]
    assert all(CITY in line for line in said)
    counted = Counter(
        entry.job for line in said for entry in INSIDE if re.search(rf"\b{entry.job}\b(?!-)", line)
    )
    assert counted == Counter(entry.job for entry in INSIDE), "\n".join(said)
