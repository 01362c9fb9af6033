"""P1, P4, G7: many sheets at once from two processes, with printers that hang; and senders killed at any point.

The planted faults are those of two cities: a time-out that released only the lock, and a file named by the second.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select

from models.core import clock
from models.core.clock import now
from models.core.db import session
from models.core.directory import Municipality
from models.core.errors import Conflict
from models.core.settings import Settings
from models.operations import applications as filing
from models.operations import direct_prints, direct_sending
from models.operations.direct_sending import Taken
from models.papers.verification import page_texts
from models.queries import direct_prints as seen
from models.queries.offices import OfficeView, office
from models.rules import direct_prints as rules
from models.rules.printers import Wanted
from models.tables import Application, DirectPrint, PrintJob
from scheduler.printing.printer import Trouble
from scheduler.printing.sender import SheetSender
from tests.conftest import CITY, inside
from tests.operations import installed
from tests.operations.test_printing import filled
from tests.races.crowd import HOME, patiently, sized
from tests.scheduler.paper import PaperFolder

JOBS = sized(10_000, 16)
PRINTERS, PROCESSES = sized(8, 4), 2
THREADS = 2 * PRINTERS
"""Of a process, each with a typesetter of its own."""
TIMED_OUT = sized(1, 10)
"""Of a hundred, how many of the printer's answers never come."""
STALL, OFTEN = sized(2000, 20) / 1000, sized(2, 30) / 100
"""Seconds that anything may take, and how often."""
PAUSE = 0.1
"""Seconds after which somebody at the counter looks again."""
KILLS = sized(30, 1)
CLEAN = multiprocessing.get_context("forkserver")
"""Forked from a process that has drawn a sheet nobody draws another: the typesetter's threads stay behind."""
CLEAN.set_forkserver_preload([__name__])
HOURS, OVER = timedelta(hours=3), timedelta(minutes=2)
"""Nobody waits so long here; so long nobody talks to a printer."""
IMPATIENT = (
    (direct_sending, "FRESH", HOURS),
    (rules, "FRESH", HOURS),
    (direct_sending, "BUSY_PAUSE", timedelta(0)),
)
"""What is over after seconds is over at once, or after the race."""
Changes = tuple[tuple[ModuleType, str, Any], ...]
POINTS = (
    "look", "before opening", "opened", "before handing over", "handed over", "asking",
)  # fmt: skip
BROOM = threading.Lock()
MARKER = re.compile(r"印字(\d{5})氏")
MUNICIPALITY = Municipality(CITY, "前庭市", "", ())
POSTGRESQL = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
"""What a city with several processes has."""
SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
Prepare = Callable[[Taken, str], bytes | None]


def marked(number: int) -> str:
    """A name that nobody else has, and that sorts nowhere near its neighbour's."""
    return f"印字　{number:05}氏"


class House:
    """A hall with forms, and as many printers as there are threads of one process."""

    def __init__(self, settings: Settings, folder: Path, jobs: int, printers_wanted: int) -> None:
        self.settings, self.folder = settings, folder
        with inside(settings):
            place = office(HOME)
            known = ("1", "2", "3", "4", "5", "6", "7", "8")
            self.printers = [
                installed.printer(place, Wanted(f"{number}番", f"ipp://10.0.0.{number}/", "", (number,)))
                for number in known[:printers_wanted]
            ]
            self.counters = known[:printers_wanted]
            for number in self.printers:
                (folder / str(number)).mkdir(parents=True)
            for number in range(jobs):
                filing.file(place, "F01", filled(marked(number)))
            self.forms = list(session().scalars(select(Application.reference).order_by(Application.id)))

    def ask_all(self, place: OfficeView) -> None:
        """Every form, from the counters by turns."""
        for at, reference in enumerate(self.forms):
            counter = self.counters[at % len(self.counters)]
            patiently(partial(direct_prints.ask, place, reference, counter, "ben"))

    def paper(self) -> dict[str, str]:
        """What came out of all printers: the text of each sheet, by its print's id and try."""
        found: dict[str, str] = {}
        for number in self.printers:
            for one in PaperFolder(self.folder / str(number)).papers():
                assert one.name not in found, "one try came out twice"
                found[one.name] = "".join(page_texts(one.pdf))
        return found

    def states(self) -> dict[str, tuple[str, str, str]]:
        """Of each try: its state, its print's id, and the marker of whom it belongs to."""
        with inside(self.settings):
            rows = session().execute(
                select(DirectPrint, PrintJob.print_id, Application.reference)
                .join(PrintJob, PrintJob.id == DirectPrint.print_job_id)
                .join(Application, Application.id == PrintJob.application_id)
            )
            return {
                f"{row.print_id}-{row[0].id}": (
                    row[0].state,
                    row.print_id,
                    f"{self.forms.index(row.reference):05}",
                )
                for row in rows
            }


def foreign(house: House) -> list[str]:
    """The sheets that show anybody but their own person, or lack their own number or their page."""
    states, found = house.states(), []
    for name, text in house.paper().items():
        _, print_id, mine = states[name]
        plain = text.replace("-", "")
        if set(MARKER.findall(plain)) != {mine} or print_id not in plain or "1／1ページ" not in text:
            found.append(name)
    return found


def sender(house: House, number: int, chance: random.Random) -> SheetSender:
    """A sender to one printer that stalls now and then, and sometimes never answers."""

    def befalls(_: str) -> None:
        if chance.random() < OFTEN:
            time.sleep(chance.uniform(0, STALL))
        if chance.randrange(100) < TIMED_OUT:
            raise Trouble("offline")

    printer = PaperFolder(house.folder / str(number), befalls)
    return SheetSender(house.settings, f"{os.getpid()}", printer.opened, lambda _: time.sleep(0.001))


def print_all(house: House, seed: int, city: str, shared: Path | None, place: OfficeView) -> None:
    """One process: two threads a printer, until nothing waits; what did not come out is asked for again."""
    if shared is not None:
        planted = {"yokohama": lock_only, "kawasaki": by_the_second}[city]
        direct_sending.prepared = planted(shared, direct_sending.prepared)  # type: ignore[assignment]
    until = time.monotonic() + sized(7200, 120)

    def one(thread: int) -> None:
        chance, number = random.Random(f"{seed}/{thread}"), house.printers[thread % len(house.printers)]
        sending = sender(house, number, chance)
        while time.monotonic() < until:
            patiently(partial(sending.work_at, MUNICIPALITY, number))
            with inside(house.settings):
                patiently(sweep)
                if not patiently(partial(revive, place, number)):
                    return
            time.sleep(PAUSE)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(THREADS)))


def sweep() -> None:
    """What nobody ended is closed by one at a time for all, as the runner does it."""
    if BROOM.acquire(blocking=False):
        try:
            if seen.work().stale:
                direct_sending.sweep()
        finally:
            BROOM.release()


def revive(place: OfficeView, printer: int) -> bool:
    """Somebody at the counter says of what waits at one printer that it is to come; whether anything is open there."""
    open_here = select(DirectPrint.id, DirectPrint.state).where(
        DirectPrint.printer_id == printer, DirectPrint.state.in_(rules.UNDER_WAY)
    )
    rows = session().execute(open_here).all()
    for row in rows:
        if row.state == "held":
            with suppress(Conflict):  # the other thread of this printer said so
                direct_prints.again(place, row.id, "ben")
    return bool(rows)


def apart(house: House, changes: Changes, work: Callable[[OfficeView], object]) -> BaseProcess:
    """A process of its own that works inside the city, with other values of some names; already begun."""
    named = [(module.__name__, name, value) for module, name, value in changes]
    process = CLEAN.Process(target=in_the_city, args=(house.settings, named, work))
    process.start()
    return process


def in_the_city(
    settings: Settings, changes: list[tuple[str, str, Any]], work: Callable[[OfficeView], object]
) -> None:
    for where, name, value in changes:
        setattr(import_module(where), name, value)
    with inside(settings):
        work(office(HOME))


def run(house: House, seed: int, city: str = "", shared: Path | None = None) -> None:
    """Everything is printed by two processes; with the fault of a city, where one is named."""
    with inside(house.settings):
        house.ask_all(office(HOME))
    works = [partial(print_all, house, seed + at, city, shared) for at in range(PROCESSES)]
    processes = [apart(house, IMPATIENT, work) for work in works]
    for process in processes:
        process.join()
        assert process.exitcode == 0


@POSTGRESQL
class TestMixing:
    def test_p1_no_sheet_shows_anybody_else(self, settings: Settings, tmp_path: Path) -> None:
        house = House(settings, tmp_path / "paper", JOBS, PRINTERS)
        run(house, 20230327)
        states, paper = house.states(), house.paper()
        assert foreign(house) == []
        assert {one for one, (state, *_) in states.items() if state == "sent"} <= set(paper)
        assert {states[one][0] for one in paper} <= {"sent", "unclear"}
        assert not {state for state, *_ in states.values()} & set(rules.UNDER_WAY)
        assert len(paper) > JOBS * 0.5
        noted(f"P1: {len(paper)} of {JOBS} on paper: {count(states)}")

    @pytest.mark.parametrize("city", ["yokohama", "kawasaki"])
    def test_p1_the_faults_of_two_cities_turn_it_red(
        self, settings: Settings, tmp_path: Path, city: str
    ) -> None:
        shared = tmp_path / "shared"
        shared.mkdir()
        house = House(settings, tmp_path / "paper", 8, PRINTERS)
        run(house, 20230502, city, shared)
        assert foreign(house) != []


def lock_only(place: Path, prepared: Prepare) -> Prepare:
    """One file for all, behind a lock; who waited too long goes on all the same: the lock is released, not the job."""
    turn, meeting, file = threading.Lock(), Meeting(), place / "sheet.pdf"

    def planted(taken: Taken, holder: str) -> bytes | None:
        mine = turn.acquire(timeout=0.01)
        try:
            drawn = prepared(taken, holder)
            file.write_bytes(drawn or b"")
            meeting.wait()
            return file.read_bytes() or drawn
        finally:
            if mine:
                turn.release()

    return planted


def by_the_second(place: Path, prepared: Prepare) -> Prepare:
    """A file named by the second in which it is made."""
    meeting = Meeting()

    def planted(taken: Taken, holder: str) -> bytes | None:
        drawn = prepared(taken, holder)
        meeting.wait()
        file = place / f"{now():%H%M%S}.pdf"
        file.write_bytes(drawn or b"")
        meeting.wait()
        return file.read_bytes() or drawn

    return planted


class Meeting:
    """Two requests at one moment, as in a crowded hall; whoever stays alone goes on after a while."""

    def __init__(self) -> None:
        self._two = threading.Barrier(2)

    def wait(self) -> None:
        try:
            self._two.wait(1)
        except threading.BrokenBarrierError:
            self._two.reset()


def count(states: dict[str, tuple[str, str, str]]) -> dict[str, int]:
    """How many tries ended how."""
    ended = [state for state, *_ in states.values()]
    return {state: ended.count(state) for state in sorted(set(ended))}


def noted(what: str) -> None:
    """Say it where `pytest -rP` shows it."""
    sys.stdout.write(f"{what}\n")


def victim(house: House, point: str, chance: random.Random, place: OfficeView) -> None:
    """A sender that dies at one point of its talk, of the second time it comes there."""
    left = [chance.randrange(1, 3)]

    def befalls(at: str) -> None:
        if at == point:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    printer = PaperFolder(house.folder / str(house.printers[0]), befalls)
    SheetSender(house.settings, f"{os.getpid()}", printer.opened, lambda _: None).work_at(
        MUNICIPALITY, house.printers[0]
    )
    os.kill(os.getpid(), signal.SIGKILL)


@SQLITE
def test_p4_kill_9_at_six_points_prints_nothing_twice_and_forgets_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was certain stays so; what nobody can know is 要確認, and only that; the next sheet is a 再発行."""
    house = House(settings, tmp_path / "paper", KILLS * len(POINTS), 1)
    patient = IMPATIENT[:2]
    for module, name, value in patient:
        monkeypatch.setattr(module, name, value)
    with inside(settings):
        house.ask_all(office(HOME))
    for at in range(KILLS * len(POINTS)):
        process = apart(house, patient, partial(victim, house, POINTS[at % len(POINTS)], random.Random(at)))
        process.join()
        assert process.exitcode == -signal.SIGKILL
        with monkeypatch.context() as later, inside(settings):
            later.setattr(clock, "_read", lambda: datetime.now(UTC) + OVER)  # noqa: TID251
            direct_sending.sweep()
    printer = PaperFolder(house.folder / str(house.printers[0]))
    SheetSender(settings, "after", printer.opened, lambda _: None).work_at(MUNICIPALITY, house.printers[0])
    states, paper = house.states(), house.paper()
    assert foreign(house) == []
    for name, (state, *_) in states.items():
        assert state in (("sent", "unclear") if name in paper else ("held", "unclear", "failed")), (
            name,
            state,
        )
    assert count(states).get("held"), "nobody died before the printer had anything"
    assert count(states).get("unclear"), "nobody died after"
    noted(f"P4: {len(paper)} on paper: {count(states)}")
