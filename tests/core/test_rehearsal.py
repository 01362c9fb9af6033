"""A rehearsal: acts really happen and see one another, and then nothing of it ever was."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.core import signals
from models.core.db import session
from models.core.space import Space
from models.core.transaction import NestedAct, act, afterwards, rehearsal
from models.operations import arrivals
from models.tables import Office, Ticket
from tests.operations.test_booking import honcho

pytestmark = pytest.mark.usefixtures("city")


@act
def rename(session: Session, name: str) -> None:
    session.execute(update(Office).where(Office.id == 1).values(name=name))


@act
def broken(session: Session) -> None:
    session.execute(update(Office).where(Office.id == 1).values(name="半分"))
    raise KeyError


def name() -> str | None:
    return session().scalar(select(Office.name).where(Office.id == 1))


def test_acts_see_what_came_before_them_and_afterwards_nothing_of_it_was() -> None:
    before = name()
    with rehearsal():
        rename("一")
        assert name() == "一"
        with pytest.raises(KeyError):
            broken()
        assert name() == "一"
        rename("二")
        assert name() == "二"
    assert name() == before
    rename("三")
    assert name() == "三"


def test_where_it_fails_nothing_of_it_was_either() -> None:
    before = name()

    def tried() -> None:
        with rehearsal():
            rename("一")
            broken()

    with pytest.raises(KeyError):
        tried()
    assert name() == before


def test_nobody_hears_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []

    class Ear(signals.Silence):
        def after(self, hints: object) -> None:
            told.append(hints)

    monkeypatch.setattr(signals, "signals_of", lambda _: Ear())

    @act
    def with_consequences(session: Session) -> None:
        afterwards(session, lambda: told.append("done"))

    with rehearsal():
        number = arrivals.issue(honcho(), ["JUM-01"], "test").number
        with_consequences()
    assert told == []
    assert session().scalar(select(func.count()).select_from(Ticket)) == 0
    assert arrivals.issue(honcho(), ["JUM-01"], "test").number == number
    assert len(told) == 1


def test_acts_do_not_nest_in_it_either() -> None:
    @act
    def outer(_: Session) -> None:
        rename("内")

    with rehearsal(), pytest.raises(NestedAct):
        outer()


def test_an_act_after_it_writes_where_it_stood(city: Space) -> None:
    with rehearsal():
        rename("一")
    assert city.code == "maeniwa"
    rename("三")
    assert name() == "三"
