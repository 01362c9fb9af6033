"""Long work lets others write: its pause is longer than a waiting writer of a SQLite file ever sleeps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.core import clock, transaction
from models.core.transaction import Turns

LONGEST_SLEEP = 0.1
"""Of SQLite's busy handler (`sqliteDefaultBusyCallback`): 1, 2, 5 … 50, 100 milliseconds, and 100 from then on."""


def test_after_half_a_second_of_acts_there_is_a_pause_and_none_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at, rests = [100.0], []
    monkeypatch.setattr(transaction, "BREATH_SECONDS", 0.12)
    monkeypatch.setattr(clock, "steady", lambda: at[0])
    monkeypatch.setattr("models.core.transaction.time.sleep", lambda seconds: rests.append((at[0], seconds)))
    turns = Turns()
    for _ in range(12):
        at[0] += 0.125
        turns.give()
    assert rests == [(100.5, 0.12), (101.0, 0.12), (101.5, 0.12)]


def test_the_pause_is_longer_than_a_waiting_writer_sleeps() -> None:
    shipped = Path(str(transaction.__file__)).read_text("utf-8")
    (seconds,) = re.findall(r"^BREATH_SECONDS = ([\d.]+)$", shipped, re.MULTILINE)
    assert float(seconds) > LONGEST_SLEEP
