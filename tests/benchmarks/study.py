"""The study: waits beside naive estimators, on played halls; with a folder, all three commands scored on its answers.

`python -m tests.benchmarks.study FOLDER`: FOLDER/hall_*/ (log_8weeks.csv.gz, staffing.csv, queries.jsonl.gz,
truth.csv), FOLDER/warsaw/ (train_snapshots.csv.gz, test_queries.csv.gz, truth*.csv), FOLDER/forecast/ (*_train.csv,
horizon.csv, truth*.csv).
"""

from __future__ import annotations

import csv
import math
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np

from models.rules.planning.log_waits import Answer, Known, Question, Visit, answer, learn_log
from scheduler.commands.main import main as maeniwa
from tests.rules.planning import played_log
from tests.rules.planning.played_log import BOOKED, POOL, SKILLS, Hall

LOG_DAYS, DAYS, EVERY = 40, 12, 4
Teller = Callable[[Question], Answer]


def main(folder: Path | None = None) -> None:
    """Print the tables."""
    print(f"{'minutes':40}{'MAE':>8}{'to best':>9}{'RMSE':>8}{'P10-P90':>9}{'ms':>7}   (mean wait, people)")
    for name, hall in (("pool of 8", POOL), ("35 % booked", BOOKED), ("skills, 35 % booked", SKILLS)):
        _played(name, hall)
    if folder is not None:
        _scored(folder)


def _played(name: str, hall: Hall) -> None:
    log = [played_log.play(hall, seed) for seed in range(LOG_DAYS)]
    known = learn_log([one for day in log for one in day])
    mean = float(np.mean(np.concatenate(list(known.handling.values()))))
    tellers: dict[str, Teller] = {
        "true distributions (best)": lambda asked: answer(_truth(hall), asked),
        "maeniwa study waits": lambda asked: answer(known, asked),
        "the same, bookings not here ignored": lambda asked: answer(known, replace(asked, expected=())),
        "the same, one handling for everything": lambda asked: answer(_pooled(known), asked),
        "position x mean / counters": lambda asked: _same(
            (1 + len(asked.waiting)) * mean / max(1, _on(asked))
        ),
        "head of the line (HOL)": lambda asked: _same(
            -min((one.arrived for one in asked.waiting), default=0.0)
        ),
    }
    _truth(hall), _pooled(known)
    days = [played_log.play(hall, seed) for seed in range(1000, 1000 + DAYS)]
    asked = [one for day in days for one in played_log.asked(hall, day, EVERY)]
    last = [_last_to_enter(day, now) for day in days for _, _, now in played_log.asked(hall, day, EVERY)]
    waited = np.array([minutes for _, minutes, _ in asked])
    best = 0.0
    for teller, tell in tellers.items():
        begun = time.perf_counter()
        told = [tell(question) for question, _, _ in asked]
        spent = 1000 * (time.perf_counter() - begun) / len(asked)
        best = best or _mae(told, waited)
        _row(f"{name}: {teller}" if best == _mae(told, waited) else f"  {teller}", told, waited, best, spent)
    _row("  last to enter (LES)", [_same(minutes) for minutes in last], waited, best, 0.0)


def _row(name: str, told: Sequence[Answer], waited: np.ndarray, best: float, spent: float) -> None:
    apart = np.array([one.mean for one in told]) - waited
    inside = [one.p10 <= wait <= one.p90 for one, wait in zip(told, waited, strict=True)]
    covered = f"{np.mean(inside):9.0%}" if any(one.p10 < one.p90 for one in told) else f"{'-':>9}"
    print(
        f"{name:40.40}{_mae(told, waited):>8.2f}{_mae(told, waited) / best:>9.2f}"
        f"{math.sqrt(float((apart**2).mean())):>8.2f}{covered}{spent:>7.1f}"
        f"   ({waited.mean():.1f}, {len(waited)})",
        flush=True,
    )


def _mae(told: Sequence[Answer], waited: np.ndarray) -> float:
    return float(np.abs(np.array([one.p50 for one in told]) - waited).mean())


def _same(minutes: float) -> Answer:
    return Answer(minutes, minutes, minutes, minutes)


def _on(asked: Question) -> int:
    return sum(any(begins <= 0 < ends for begins, ends in duty.spans) for duty in asked.duties)


def _last_to_enter(day: Sequence[Visit], now: float) -> float:
    """The wait of whoever was called last."""
    called = [(one.called, one.arrived or 0.0) for one in day if one.called is not None and one.called <= now]
    return max(called)[0] - max(called)[1] if called else 0.0


_MADE: dict[int, Known] = {}


def _truth(hall: Hall) -> Known:
    """The distributions that the hall is played from."""
    if id(hall) not in _MADE:
        random, spread = Random(1), math.log(1 + hall.variation**2)
        times = {
            name: np.sort(
                [random.lognormvariate(math.log(mean) - spread / 2, math.sqrt(spread)) for _ in range(20_000)]
            )
            for name, (mean, _) in hall.means.items()
        }
        late = np.sort([random.gauss(-played_log.EARLY, played_log.EARLY_SPREAD) for _ in range(5000)])
        _MADE[id(hall)] = Known(times, np.zeros(1), late, played_log.NO_SHOW)
    return _MADE[id(hall)]


def _pooled(known: Known) -> Known:
    if id(known) not in _MADE:
        whole = np.sort(np.concatenate(list(known.handling.values())))
        _MADE[id(known)] = replace(known, handling=dict.fromkeys(known.handling, whole))
    return _MADE[id(known)]


def _scored(folder: Path) -> None:
    """Run the commands on files with answers."""
    for hall in sorted(folder.glob("hall_*")):
        words = ("--log", hall / "log_8weeks.csv.gz", "--staffing", hall / "staffing.csv")
        _score("waits", hall, (*words, "--queries", hall / "queries.jsonl.gz"), "wait_min")
    warsaw, days = folder / "warsaw", folder / "forecast"
    if warsaw.is_dir():
        words = ("--train", warsaw / "train_snapshots.csv.gz", "--queries", warsaw / "test_queries.csv.gz")
        _score("snapshots", warsaw, words, "wait_min")
    if days.is_dir():
        asked = ("--history", *sorted(days.glob("*_train.csv")), "--horizon", days / "horizon.csv")
        _score("forecast", days, asked, "visitors")


def _score(part: str, folder: Path, words: Sequence[object], column: str) -> None:
    keys = ("series", "date") if part == "forecast" else ("query_id",)
    with tempfile.TemporaryDirectory() as made:
        out = Path(made) / "out.csv"
        begun = time.perf_counter()
        maeniwa(["study", part, *map(str, words), "--out", str(out)])
        spent = time.perf_counter() - begun
        told = {tuple(row[key] for key in keys): row for row in _rows(out)}
    answers = [row for path in sorted(folder.glob("truth*.csv")) for row in _rows(path)]
    pairs = [
        (told[key], float(row[column])) for row in answers if (key := tuple(row[one] for one in keys)) in told
    ]
    apart = [abs(float(row["p50"]) - true) for row, true in pairs]
    inside = [float(row["p10"]) <= true <= float(row["p90"]) for row, true in pairs]
    print(
        f"{folder.name:12} MAE {np.mean(apart):6.2f}  WAPE {sum(apart) / sum(true for _, true in pairs):6.1%}"
        f"  in P10-P90 {np.mean(inside):4.0%}  {len(pairs)} answers, "
        f"{spent:.1f} s, {1000 * spent / len(told):.1f} ms each"
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
