"""Two scanners of one entrance, each a process of its own, that read the same codes at the same moments."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from freezegun import freeze_time

from models.core.errors import Conflict, DomainError
from models.core.settings import Settings
from models.operations import scanning
from models.queries.offices import office
from tests.conftest import inside

PATIENCE = 120.0


@dataclass(frozen=True)
class Reading:
    """What one scanner was told about one code."""

    status: int
    told: dict[str, Any]


def at_once(settings: Settings, codes: Sequence[str], at: datetime, scanners: int = 2) -> list[list[Reading]]:
    """Every code read by all scanners, let go together code by code; for each code what each was told."""
    processes = multiprocessing.get_context("fork")
    barrier, answers = processes.Barrier(scanners), processes.Queue()
    running = [
        processes.Process(target=_scan, args=(settings, list(codes), at, number, barrier, answers))
        for number in range(scanners)
    ]
    for process in running:
        process.start()
    found = dict(answers.get(timeout=PATIENCE) for _ in running)
    for process in running:
        process.join(PATIENCE)
    return [[found[scanner][place] for scanner in sorted(found)] for place in range(len(codes))]


def _scan(
    settings: Settings, codes: list[str], at: datetime, number: int, barrier: Any, answers: Any
) -> None:
    with freeze_time(at, ignore=["psycopg", "multiprocessing"]), inside(settings):
        place = office("honcho")
        found = []
        for code in codes:
            barrier.wait(PATIENCE)
            try:
                made = scanning.arrive(place, code, f"kiosk/{number}")
                found.append(Reading(201, {"number": made.number}))
            except Conflict as problem:
                found.append(Reading(problem.status, dict(problem.extra)))
            except DomainError as problem:
                found.append(Reading(problem.status, {}))
    answers.put((number, found))
