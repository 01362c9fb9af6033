"""What is to be done after an act is done once it is committed, and never for an act that was taken back."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from models.core.db import writing
from models.core.transaction import Passing, act, afterwards

pytestmark = pytest.mark.usefixtures("city")


def test_it_is_done_once_outside_the_act_even_when_the_act_was_tried_twice() -> None:
    done: list[bool] = []
    tries: list[int] = []

    @act
    def passing_at_first(session: Session) -> str:
        afterwards(session, lambda: done.append(writing.get()))
        tries.append(1)
        if len(tries) == 1:
            raise Passing
        assert done == []
        return "kept"

    assert passing_at_first() == "kept"
    assert (len(tries), done) == (2, [False])


def test_an_act_that_failed_leaves_nothing_to_be_done() -> None:
    done: list[str] = []

    @act
    def failing(session: Session) -> None:
        afterwards(session, lambda: done.append("failed"))
        raise ZeroDivisionError

    @act
    def well(session: Session) -> None:
        afterwards(session, lambda: done.append("well"))

    with pytest.raises(ZeroDivisionError):
        failing()
    well()
    assert done == ["well"]


def test_what_fails_afterwards_takes_nothing_back_and_keeps_nothing_from_being_done() -> None:
    done: list[str] = []

    def broken() -> None:
        raise ZeroDivisionError

    @act
    def well(session: Session) -> str:
        afterwards(session, broken)
        afterwards(session, lambda: done.append("second"))
        return "kept"

    assert (well(), done) == ("kept", ["second"])
