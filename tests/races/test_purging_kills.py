"""D1, F1: a purge that dies half-way, by an exception or by kill -9, is completed by the next one; counts add up."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Connection
from typing import Any
from unittest.mock import patch

import pytest
from freezegun.api import FrozenDateTimeFactory

from models.core.clock import now
from models.core.settings import Settings
from models.operations import applications as filing
from models.operations import booking, purging
from tests.conftest import inside
from tests.operations.test_booking import asked, free, honcho
from tests.operations.test_printing import filled
from tests.operations.test_purging import readable, sealed
from tests.races.crowd import SECONDS, sized

FORMS = sized(40, 6)
BATCHES = 2
"""So many batches of one row each are over when it dies."""


def planted() -> list[tuple[str, str, bytes]]:
    """Bookings with a form each; everything that is sealed of them."""
    for at in range(FORMS):
        made = booking.book(asked(free()[at]))
        filing.save(made.token, "F01", filled(), ready=True)
    return sealed()


@pytest.mark.parametrize("step", ["_forms", "_contacts"])
def test_d1_what_an_exception_between_two_batches_left_is_purged_by_the_next_run(
    settings: Settings, clock: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(purging, "AT_ONCE", 1)
    counts: list[int] = []
    one_batch: Callable[..., int] = getattr(purging, step)

    def dying(*given: Any) -> int:
        if len(counts) == BATCHES:
            raise KeyboardInterrupt
        counts.append(one_batch(*given))
        return counts[-1]

    with inside(settings):
        before = planted()
        clock.tick(timedelta(days=100))
        with monkeypatch.context() as patched, suppress(KeyboardInterrupt):
            patched.setattr(purging, step, dying)
            purging.purge(honcho().day_of(now()))
        assert sealed()
        done = purging.purge(honcho().day_of(now()))
        assert sum(counts) + done[step.removeprefix("_")] == FORMS
        assert (sealed(), readable(before)) == ([], [])


def test_f1_what_a_killed_purge_left_is_purged_by_the_next_run(
    settings: Settings, clock: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "AT_ONCE", 1)
    with inside(settings):
        before = planted()
    clock.tick(timedelta(days=100))
    context = multiprocessing.get_context("fork")
    theirs, ours = context.Pipe(duplex=False)
    process = context.Process(target=_purging, args=(settings, ours))
    process.start()
    for _ in range(BATCHES):
        assert theirs.poll(SECONDS)
        theirs.recv()
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    clock.tick(timedelta(days=1))
    with inside(settings):
        left = len([row for row, _, _ in sealed() if row.startswith("application")])
        assert 0 < left <= FORMS - BATCHES
        assert purging.purge(honcho().day_of(now()))["forms"] == left
        assert (sealed(), readable(before)) == ([], [])


def _purging(settings: Settings, ours: Connection) -> None:
    """Purge, and say so after every batch of forms; before the last of them it waits to be killed."""
    one_batch, count = purging._forms, [0]

    def saying(*given: Any) -> int:
        done = one_batch(*given)
        count[0] += 1
        ours.send(done)
        if count[0] == FORMS - 1:
            signal.pause()
        return done

    with patch.object(purging, "_forms", saying), inside(settings):
        purging.purge(honcho().day_of(now()))
