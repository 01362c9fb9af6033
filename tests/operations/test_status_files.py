"""Counts cross to the outside: shown with their time, never older than they were, and nothing else than counts."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun.api import FrozenDateTimeFactory

from models.core.clock import now
from models.core.errors import Conflict, DomainError, Invalid
from models.operations import arrivals, calling, counters, status_files, status_intake
from models.papers import carried, status_file
from models.queries import live
from models.queries.hall_state import HallState
from tests.conftest import inside
from tests.operations.test_booking import honcho
from tests.sides import ACTOR, Sides, sides


@pytest.fixture
def two(request: pytest.FixtureRequest, tmp_path: Path, clock: FrozenDateTimeFactory) -> Iterator[Sides]:
    with sides(request, tmp_path) as found:
        found.pair()
        yield found


def exported(two: Sides) -> bytes:
    with inside(two.inside):
        return status_files.export(ACTOR)


def shown(two: Sides) -> HallState:
    """What residents see of the main office."""
    with inside(two.outside):
        return live.state(honcho(), now())


def test_counts_are_shown_with_their_time_until_they_are_old(
    two: Sides, clock: FrozenDateTimeFactory
) -> None:
    assert (shown(two).open, shown(two).version, shown(two).queues) == (False, 0, ())
    with inside(two.inside):
        counters.open_counter(honcho(), "1", ACTOR)
        for _ in range(3):
            number = arrivals.issue(honcho(), ("JUM-01",), ACTOR).number
        calling.call_next(honcho(), "1", ACTOR)
    first = exported(two)
    made = now()
    assert number.encode() not in first
    body = json.loads(base64.b64decode(json.loads(first)["body"]))
    assert {len(queue) for office in body for queue in office["queues"]} == {5}
    clock.tick(timedelta(minutes=30))
    with inside(two.outside):
        assert status_intake.take(first, ACTOR) == made
        assert status_intake.take(first, ACTOR) == made
        tag = live.etag(honcho(), now())
    state = shown(two)
    assert (state.open, state.carried, state.as_of, state.calls) == (True, True, made, ())
    assert next(one.waiting for one in state.queues if one.code == "A") == 2
    second = exported(two)
    with inside(two.outside):
        status_intake.take(second, ACTOR)
        assert live.etag(honcho(), now()) != tag
        with pytest.raises(Conflict, match="古い"):
            status_intake.take(first, ACTOR)
    clock.tick(timedelta(hours=2))
    assert (shown(two).open, shown(two).version) == (False, 0)


def test_what_was_touched_or_is_for_the_other_side_is_not_taken(two: Sides) -> None:
    file = exported(two)
    told = json.loads(file)
    more = base64.b64encode(base64.b64decode(told["body"]).replace(b'"served":0', b'"served":9')).decode()
    for broken in (
        b"",
        file[:-9],
        json.dumps(told | {"body": more}).encode(),
        json.dumps(told | {"day": "2026-11-25"}).encode(),
    ):
        with inside(two.outside), pytest.raises(Invalid):
            status_intake.take(broken, ACTOR)
    for settings, act in (
        (two.inside, lambda: status_intake.take(file, ACTOR)),
        (two.outside, lambda: status_files.export(ACTOR)),
    ):
        with inside(settings), pytest.raises(DomainError):
            act()
    assert shown(two).version == 0


@pytest.mark.parametrize(
    "told",
    [
        {}, {"office": "honcho"}, [["A", -1, 0, None, None]], [["A", True, 0, None, None]], [["A", 1, 0, 1441, None]],
        [["ABCDE", 1, 0, None, None]], [["A", 1, 0, None]], [["A", "1", 0, None, None]], [["A", 10**6, 0, None, None]],
    ],
)  # fmt: skip
def test_nothing_else_than_counts_is_read(told: object) -> None:
    office = {
        "office": "honcho", "day": "2026-11-24", "open": True, "closes": "17:15", "stopped": False, "served": 0,
        "mean_wait": None, "queues": [["A", 1, 0, 5, 10]],
    }  # fmt: skip
    assert status_file.offices(carried.canonical([office]))[0].queues[0].waiting == 1
    wrong = told if isinstance(told, dict) else office | {"queues": told}
    with pytest.raises(ValueError, match="not"):
        status_file.offices(carried.canonical([wrong]))
