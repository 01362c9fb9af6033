"""What is read once a reading is never older than the last act, and inside an act it is always asked anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.db import session
from models.core.reading import once_a_reading
from models.core.space import Space
from models.core.transaction import act, rehearsal
from models.tables import Office

MAIN = Office.code == "honcho"


@pytest.fixture
def asked(city: Space) -> list[str]:
    """Every name that a question has read."""
    return []


@pytest.fixture
def name(asked: list[str]) -> Callable[[], str]:
    """What the main office is called."""

    @once_a_reading
    def found() -> str:
        asked.append(session().scalar(select(Office.name).where(MAIN)) or "")
        return asked[-1]

    return found


@act
def rename(session: Session, to: str) -> None:
    session.execute(update(Office).where(MAIN).values(name=to))


def test_a_page_asks_once_and_the_next_page_asks_again(name: Callable[[], str], asked: list[str]) -> None:
    assert [name(), name()] == ["本庁舎", "本庁舎"]
    assert len(asked) == 1
    session().rollback()
    name()
    assert len(asked) == 2


def test_an_act_is_seen_by_whoever_reads_after_it(name: Callable[[], str]) -> None:
    name()
    rename("新庁舎")
    assert name() == "新庁舎"


def test_inside_an_act_it_is_asked_every_time(name: Callable[[], str], asked: list[str]) -> None:
    @act
    def twice(session: Session) -> tuple[str, str]:
        before = name()
        session.execute(update(Office).where(MAIN).values(name="新庁舎"))
        return before, name()

    name()
    assert twice() == ("本庁舎", "新庁舎")
    assert asked == ["本庁舎", "本庁舎", "新庁舎"]


def test_each_act_of_a_rehearsal_is_seen_and_none_of_it_afterwards(name: Callable[[], str]) -> None:
    with rehearsal():
        seen = [name()]
        for to in ("北庁舎", "南庁舎"):
            rename(to)
            seen.append(name())
    assert seen == ["本庁舎", "北庁舎", "南庁舎"]
    assert name() == "本庁舎"


def test_what_differs_is_asked_apart(city: Space) -> None:
    asked: list[str] = []

    @once_a_reading
    def of(code: str, *, language: str = "ja") -> str:
        asked.append(code + language)
        return session().scalar(select(Office.name).where(Office.code == code)) or ""

    assert of("honcho") != of("chubu") != of("honcho", language="en")
    of("chubu")
    assert len(asked) == 3
