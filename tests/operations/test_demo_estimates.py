"""The estimates of the demo's past days are those of the house: the same hall gives the same numbers afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import session
from models.core.transaction import act
from models.operations import arrivals, demo_estimates
from models.queries.offices import OfficeView, office
from models.tables import Estimate, Ticket
from tests.conftest import SQLITE

pytestmark = [pytest.mark.usefixtures("city"), SQLITE]
CERTIFICATE, MOVE = "JUM-01", "IDO-01"


def honcho() -> OfficeView:
    return office("honcho")


def number(*procedures: str) -> int:
    return arrivals.issue(honcho(), procedures, "aoki").ticket_id


@act
def put(writing: Session, /, ticket: int, **columns: Any) -> None:
    writing.execute(update(Ticket).where(Ticket.id == ticket).values(**columns))


@act
def empty(writing: Session) -> None:
    writing.execute(delete(Estimate))


def kept() -> dict[int, tuple[Any, ...]]:
    return {
        row.ticket_id: (row.at, row.day, row.shown_on, row.p10, row.p50, row.p80, row.p90)
        for row in session().scalars(select(Estimate))
    }


def test_afterwards_the_same_is_told_as_was_told_then(
    clock: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_estimates, "EVERY", 1)
    minute = timedelta(minutes=1)
    tickets = [number(*procedures) for procedures in ((CERTIFICATE,), (MOVE,), (CERTIFICATE,))]
    for counter, ticket in zip("12", tickets, strict=False):
        put(ticket, state="serving", counter=counter, called_at=now() + minute, started_at=now() + 2 * minute)
    clock.tick(5 * minute)
    for _ in range(12):
        tickets.append(number(CERTIFICATE))
        clock.tick(minute)
    put(tickets[0], state="done", finished_at=now())
    tickets.append(number(MOVE))
    then = kept()
    assert then[tickets[-2]][4] > then[tickets[3]][4], "waits were told"
    empty()
    put(tickets[1], state="done", finished_at=now() + 9 * minute)
    for ticket in tickets[2:]:
        put(ticket, state="abandoned")
    assert demo_estimates.tell(honcho()) == len(tickets)
    told = kept()
    assert {ticket: told[ticket] for ticket in tickets[3:]} == {
        ticket: then[ticket] for ticket in tickets[3:]
    }


def test_a_hall_in_which_nobody_was_tells_nothing() -> None:
    assert demo_estimates.tell(honcho()) == 0
    assert kept() == {}
