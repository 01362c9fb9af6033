"""The agent's memory of its jobs on disk: written and flushed before anything is printed, so that a crash shows."""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from kiosk.agent.printing import Outcome, unclear
from models.core.clock import now

KEPT = timedelta(days=2)
"""How long a finished job is remembered; a page asks for a job again within minutes."""
OPEN = ("asked", "started")


class Busy(Exception):
    """Another agent works in this folder."""


@dataclass(frozen=True)
class Entry:
    """The last that is known of a job: `asked`, `started`, or how it ended. Never what the slip says."""

    job: str
    state: str
    at: str
    problem: str = ""

    @property
    def instant(self) -> datetime:
        """When it was written."""
        return datetime.fromisoformat(self.at)


class Journal:
    """One file of JSON lines, held by one agent. A job that was started and never ended is `unclear` from then on."""

    def __init__(self, folder: Path) -> None:
        """Open the journal of `folder`; raises `Busy` while another agent holds it."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / "jobs.jsonl"
        self._writing = threading.Lock()
        self._hold = _held(folder / "lock")
        self._known = _read(self._path)
        self._file = self._anew()

    def of(self, job: str) -> Entry | None:
        """What is known of a job."""
        return self._known.get(job)

    def accept(self, job: str, again: bool) -> bool:
        """Take a job on, once: False where it is known, unless it failed or is unclear and a person asked `again`."""
        with self._writing:
            known = self._known.get(job)
            if known is not None and not (again and known.state in ("failed", "unclear")):
                return False
            self._add(job, "asked")
            return True

    def start(self, job: str) -> None:
        """From now on something may be on paper."""
        with self._writing:
            self._add(job, "started")

    def end(self, job: str, outcome: Outcome) -> None:
        """How the job ended."""
        with self._writing:
            self._add(job, outcome.state, outcome.problem)

    def broken_off(self) -> bool:
        """Whether the last print was not brought to its end: the printer may wait for the rest of a picture."""
        printed = [one for one in self._known.values() if one.state in ("printed", "failed", "unclear")]
        last = max(printed, key=lambda one: one.at, default=None)
        return last is not None and last.state != "printed"

    def close(self) -> None:
        """Let another agent have the folder."""
        self._file.close()
        self._hold.close()

    def _add(self, job: str, state: str, problem: str = "") -> None:
        entry = Entry(job, state, now().astimezone(UTC).isoformat(), problem)
        self._file.write(json.dumps(asdict(entry)) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._known[job] = entry

    def _anew(self) -> IO[str]:
        """Write what is still worth knowing to a new file, then put it in the old one's place."""
        recent = now() - KEPT
        kept = {job: entry for job, entry in self._known.items() if entry.instant > recent}
        for job, entry in kept.items():
            if entry.state in OPEN:
                ended = unclear() if entry.state == "started" else Outcome("failed", "offline")
                kept[job] = Entry(job, ended.state, entry.at, ended.problem)
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(entry)) + "\n" for entry in kept.values())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        _flush_folder(self._path.parent)
        self._known = kept
        return self._path.open("a", encoding="utf-8")


def _read(path: Path) -> dict[str, Entry]:
    """Every whole line; a crash can only have torn the last one."""
    known: dict[str, Entry] = {}
    if not path.is_file():
        return known
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entry = Entry(**json.loads(line))
            entry.instant  # noqa: B018  (a torn instant is no instant)
        except (ValueError, TypeError):
            continue
        known[entry.job] = entry
    return known


def _held(path: Path) -> IO[str]:
    """The lock file, locked for as long as this process lives."""
    file = path.open("w", encoding="utf-8")
    try:
        _lock(file.fileno())
    except OSError as problem:
        file.close()
        raise Busy from problem
    return file


if sys.platform == "win32":
    import msvcrt

    def _lock(number: int) -> None:
        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)

    def _flush_folder(folder: Path) -> None:
        """Windows keeps names by itself."""

else:
    import fcntl

    def _lock(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _flush_folder(folder: Path) -> None:
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
