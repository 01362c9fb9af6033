"""The longest waits that the database names are those that the measures say, whatever part of a number is asked."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from models.queries import behind, measures, staffing
from models.queries.behind import Asked
from models.queries.offices import OfficeView, office
from models.rules.statistics import HandledTicket, wait_minutes
from tests.conftest import BOTH, SQLITE
from tests.operations.test_facts import visits
from tests.past_visits import MONDAY, past

pytestmark = [pytest.mark.usefixtures("city"), SQLITE]
LAST = MONDAY + timedelta(4)
ASKED = (
    Asked(),
    Asked(queue="B"),
    Asked(outcome="no_show"),
    Asked(outcome="abandoned"),
    Asked(cuts=(("counter", ""),)),
    Asked(cuts=(("source", "booked"), ("prefilled", "false")), outcome="finished"),
)


def honcho() -> OfficeView:
    return office("honcho")


def three_days() -> None:
    draw = random.Random(5)
    for day in range(3):
        past(MONDAY + timedelta(day), *visits(draw), "9:00", "- - - - 9:30")
        past(MONDAY + timedelta(day), *visits(draw)[:9], queue="B", procedure="IDO-01", prefilled=True)
    past(MONDAY, "9:00 9:00", state="transferred", leg=1)
    past(MONDAY, "- 9:40 - - 9:35", state="waiting", leg=2)
    past(MONDAY, "9:10", state="no_show")


def fits(ticket: HandledTicket, asked: Asked) -> bool:
    keys = {
        "counter": ticket.counter or "",
        "source": ticket.source,
        "prefilled": str(ticket.prefilled).lower(),
    }
    return (
        asked.queue in (None, ticket.queue)
        and asked.outcome in ("", ticket.outcome)
        and all(keys[name] == key for name, key in asked.cuts)
    )


@BOTH
def test_the_longest_waits_are_those_of_the_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    three_days()
    monkeypatch.setattr(behind, "A_PAGE", 7)
    every = [one for one in measures.handled(honcho(), MONDAY, LAST) if one.counts_at is not None]
    for asked in ASKED:
        mine = [one for one in every if fits(one, asked)]
        found = behind.behind(honcho(), MONDAY, LAST, asked)
        assert found.total == len(mine) > 0, asked
        longest = sorted((wait_minutes(one) or -1.0 for one in mine), reverse=True)[:7]
        assert [wait_minutes(one.ticket) or -1.0 for one in found.shown] == longest, asked


@BOTH
def test_the_pages_together_hold_every_ticket_once(monkeypatch: pytest.MonkeyPatch) -> None:
    three_days()
    monkeypatch.setattr(behind, "A_PAGE", 7)
    for asked in (Asked(), Asked(cuts=(("weekday", "0"),))):
        whole = behind.behind(honcho(), MONDAY, LAST, asked)
        pages = [behind.behind(honcho(), MONDAY, LAST, asked, at + 1) for at in range(whole.pages)]
        turned = [one for page in pages for one in page.shown]
        assert len(turned) == len({(one.day, one.number) for one in turned}) == whole.total > 7
        waits = [wait_minutes(one.ticket) or -1.0 for one in turned]
        assert waits == sorted(waits, reverse=True)
        assert behind.behind(honcho(), MONDAY, LAST, asked, 999) == pages[-1]


@BOTH
def test_parts_of_the_clock_are_the_offices_own() -> None:
    three_days()
    asked = Asked(cuts=(("hour", "9"), ("queue", "A")))
    found = behind.behind(honcho(), MONDAY, LAST, asked)
    assert found.total > 0
    assert {one.ticket.counts_at.astimezone(honcho().zone).hour for one in found.shown} == {9}
    assert {one.ticket.queue for one in found.shown} == {"A"}


def test_the_busiest_queue_is_that_of_the_tickets() -> None:
    three_days()
    past(MONDAY, *["- - - - 10:00"] * 200, queue="C")
    assert measures.busiest_queue(honcho(), MONDAY, LAST) == "A"
    assert staffing.busiest_queue(measures.handled(honcho(), MONDAY, LAST)) == "A"
    past(MONDAY, *["9:00"] * 200, queue="C")
    assert measures.busiest_queue(honcho(), MONDAY, LAST) == "C"
    assert measures.busiest_queue(honcho(), LAST, LAST) is None
