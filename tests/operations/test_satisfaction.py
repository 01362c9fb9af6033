"""One score a visit, after everything is finished, and nobody's once the day is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.db import session
from models.core.errors import Gone, Invalid
from models.operations import arrivals, calling, counters, satisfaction
from models.operations.purging import purge
from models.operations.satisfaction import NotFinished
from models.queries import holder
from models.queries import satisfaction as answers
from models.queries.offices import office
from models.rules.satisfaction import Satisfied, read_score
from models.tables import Satisfaction
from tests.conftest import BOTH, SQLITE
from tests.operations.halls import today

pytestmark = [pytest.mark.usefixtures("city"), SQLITE]


def served(finish: bool = True) -> str:
    """Somebody who was called and served; the token of the slip."""
    place = office("honcho")
    counters.open_counter(place, "1", "ben")
    made = arrivals.issue(place, ["JUM-01"], "kiosk")
    ticket = calling.call_next(place, "1", "ben")
    for step in ("start", "finish") if finish else ("start",):
        calling.step(place, ticket.number, step, "ben", "1")
    return made.token


def rows() -> list[Satisfaction]:
    session().rollback()
    return list(session().scalars(select(Satisfaction)))


@BOTH
def test_a_score_is_kept_once_can_be_changed_and_is_nobodys_after_the_day(
    clock: FrozenDateTimeFactory,
) -> None:
    token = served()
    slip = holder.opened(token)
    satisfaction.give(slip, 3)
    satisfaction.give(slip, 9)
    assert [(one.score, one.queue, one.source, one.visit_id) for one in rows()] == [
        (9, "A", "walk_in", slip.visit_id)
    ]
    purge(today())
    assert rows()[0].visit_id == slip.visit_id
    clock.tick(timedelta(days=1))
    purge(today())
    assert [(one.score, one.visit_id) for one in rows()] == [(9, None)]
    with pytest.raises(Gone):
        holder.opened(token)


def test_nobody_answers_before_everything_is_finished(clock: FrozenDateTimeFactory) -> None:
    slip = holder.opened(served(finish=False))
    with pytest.raises(NotFinished):
        satisfaction.give(slip, 10)
    assert rows() == []


@BOTH
def test_the_mean_the_number_and_the_share_of_a_span(clock: FrozenDateTimeFactory) -> None:
    satisfaction.give(holder.opened(served()), 8)
    served()
    found = answers.of_span(office("honcho"), today(), today())
    assert (found.n, found.finished, found.share, found.mean) == (1, 2, 0.5, None)
    assert answers.of_span(office("honcho"), today(), today(), "B").n == 0


def test_fewer_than_five_answers_say_nothing() -> None:
    assert Satisfied({10: 4}, 9).mean is None
    assert Satisfied({10: 4, 0: 1}, 10).mean == 8.0
    assert Satisfied({}, 0).share is None


@pytest.mark.parametrize("text", ["", "-1", "11", "5.5", "８", "100", "x"])
def test_only_whole_numbers_from_nought_to_ten_are_scores(text: str) -> None:
    with pytest.raises(Invalid):
        read_score(text)
