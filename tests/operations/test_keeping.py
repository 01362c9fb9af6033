"""The night answers what managers ask; an answer is what the tickets say, and holds no longer than what it rests on."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import session
from models.core.transaction import act
from models.operations import facts, jobs, keeping
from models.queries import kept, reports, slot_proposal
from models.queries.offices import OfficeView, office
from models.rules.spans import OF_PAST_DAYS, spans
from models.tables import Counter, DayForecast, KeptAnswer, OpeningHours, Slot
from tests.conftest import BOTH, SQLITE, Template, copied, inside, written
from tests.operations.test_facts import visits
from tests.past_visits import past

pytestmark = SQLITE
TODAY = date(2026, 11, 24)
FIRST, LAST = spans(TODAY)["4weeks"]


def honcho() -> OfficeView:
    return office("honcho")


def answered() -> None:
    """Two days of visits, added up and answered."""
    draw = random.Random(3)
    for day in (FIRST, LAST - timedelta(4)):
        past(day, *visits(draw))
    facts.make_all()
    keeping.answer_all(TODAY, ["4weeks"])


@pytest.fixture(scope="module")
def morning(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A city after its night."""
    with written(sqlite_template, tmp_path_factory.mktemp("morning") / "instance") as made:
        answered()
    return made


@pytest.fixture
def night(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path, clock: FrozenDateTimeFactory
) -> Iterator[None]:
    """Inside a copy of it; in PostgreSQL the night is worked through anew."""
    if engine == "postgresql":
        request.getfixturevalue("city")
        answered()
        yield
        return
    template = request.getfixturevalue("morning")
    with copied(template, tmp_path / "instance", request) as settings, inside(settings):
        yield


def holds() -> bool:
    return kept.stored(reports.REPORT, honcho(), FIRST, LAST, "weekday", None) is not None


@BOTH
def test_every_answer_of_the_night_is_what_the_tickets_say(night: None) -> None:
    asked = list(keeping._asked_of(honcho(), FIRST, LAST))
    assert len({question.name for question, _ in asked}) == 9
    for question, more in asked:
        found = kept.look(question, honcho(), FIRST, LAST, *more)
        assert found.made_at is not None, question.name
        assert found.answer == question.ask(honcho(), FIRST, LAST, *more), question.name


def test_what_the_night_was_not_asked_is_worked_out_now(night: None) -> None:
    for first, last, by, queue in (
        (FIRST, LAST, "weekday", "A"), (FIRST, LAST - timedelta(1), "hour", None), (FIRST, TODAY, "hour", None),
    ):  # fmt: skip
        found = kept.look(reports.REPORT, honcho(), first, last, by, queue)
        assert (found.made_at, found.answer) == (None, reports.report(honcho(), first, last, by, queue))


@act
def other_hours(session: Session) -> None:
    session.scalars(select(OpeningHours)).first().opens = time(7, 45)


@act
def other_counter(session: Session) -> None:
    session.scalars(select(Counter).where(Counter.office_id == honcho().id)).first().removed = True


def other_tickets() -> None:
    mark(FIRST)


def other_tickets_before() -> None:
    mark(FIRST - timedelta(28))


@act
def mark(session: Session, day: date) -> None:
    facts.mark(session, honcho(), [day])


@pytest.mark.parametrize(
    "change", [other_hours, other_counter, other_tickets, other_tickets_before], ids=lambda one: one.__name__
)
def test_an_answer_holds_no_longer_than_what_it_rests_on(night: None, change: Callable[[], object]) -> None:
    assert holds()
    change()
    assert not holds()


def test_days_that_an_answer_is_not_about_do_not_touch_it(night: None) -> None:
    mark(FIRST - timedelta(29))
    mark(LAST + timedelta(1))
    assert holds()


@act
def other_forecast(session: Session) -> None:
    session.add(
        DayForecast(
            office_id=honcho().id, queue="A", day=TODAY + timedelta(2), p10=1, p50=2, p90=3, method="recent",
            shares=[], week_before=[], made_at=now(),
        )
    )  # fmt: skip


@act
def fewer_slots(session: Session) -> None:
    mine = Slot.office_id == honcho().id
    newest = select(func.max(Slot.day)).where(mine).scalar_subquery()
    assert session.execute(delete(Slot).where(mine, Slot.day == newest).returning(Slot.id)).first()


@pytest.mark.parametrize("change", [other_forecast, fewer_slots], ids=lambda one: one.__name__)
def test_a_proposal_rests_on_the_days_to_come_too(night: None, change: Callable[[], object]) -> None:
    def proposed() -> bool:
        return kept.stored(slot_proposal.PROPOSAL, honcho(), FIRST, LAST, "A", None) is not None

    assert proposed()
    change()
    assert holds()
    assert not proposed()


def test_every_night_answers_anew_and_leaves_nothing_of_before(night: None) -> None:
    def answers() -> list[tuple[str, str]]:
        return sorted((row.question, row.asked) for row in session().scalars(select(KeptAnswer)))

    before = answers()
    assert keeping.answer_all(TODAY, ["4weeks"]) == {"answers": len(before)}
    assert answers() == before
    assert keeping.answer_all(TODAY + timedelta(7), ["lastweek"]) == {"answers": 0}, (
        "nobody came in that week"
    )
    assert answers() == []


def test_the_job_answers_for_every_span_of_past_days_and_offices_with_visits(night: None) -> None:
    past(LAST - timedelta(4), "9:00 9:05 9:06 9:20", code="higashi")
    assert jobs.run("keep-answers", TODAY.isoformat()) is not None
    rows = session().execute(select(KeptAnswer.office_id, KeptAnswer.asked).distinct()).all()
    days = {tuple(json.loads(row.asked)[:2]) for row in rows}
    assert days == {tuple(day.isoformat() for day in spans(TODAY)[name]) for name in OF_PAST_DAYS}
    assert {row.office_id for row in rows} == {honcho().id, office("higashi").id}
