"""きょう: the day so far, live: who waits, who was called after how long, and how many are still to come."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from models.core.clock import now
from models.queries import staffing, today
from models.queries.hall_state import QueueState
from models.queries.today import Today, Waited
from web.access import REPORTS
from web.languages import gettext
from web.manager.choosing import chosen, shown
from web.presentation import number, plain_words, span

blueprint = Blueprint("today", __name__)
blueprint.context_processor(shown)


@dataclass(frozen=True)
class Row:
    """One queue: its name, who waits and the longest so far, what somebody waits who comes now, who is on.

    `late` where that longest wait is over the queue's target.
    """

    name: str
    code: str
    waiting: int
    longest: str
    estimate: str
    counters: str
    late: bool


@blueprint.get("/today")
@REPORTS
def page() -> str:
    """One office now; the page's script asks again as soon as something happens."""
    choice = chosen()
    found = today.today(choice.place, now())
    return render_template(
        "manager/today.html",
        choice=choice,
        found=found,
        rows=_rows(found),
        waits=[
            (gettext("予約して来た人"), "booked", _waits(found.booked)),
            (gettext("予約なしで来た人"), "walk_in", _waits(found.walk_in)),
        ],
    )


def _rows(found: Today) -> list[Row]:
    """The queues that somebody waits in or serves."""
    lines = {line.code: line for line in found.lines}
    return [
        Row(
            plain_words(one.words), one.code, lines[one.code].waiting, number(lines[one.code].longest),
            _estimate(one), gettext("{n}番", n="、".join(one.counters)) if one.counters else "",
            (lines[one.code].longest or 0) > staffing.usual_minutes([one.code]),
        )
        for one in found.state.queues
        if one.counters or lines[one.code].waiting
    ]  # fmt: skip


def _estimate(queue: QueueState) -> str:
    if queue.low is None or queue.high is None:
        return "—"
    return span(queue.low, queue.high) if queue.high else gettext("すぐ")


def _waits(one: Waited) -> list[str]:
    """Count, mean, median, 90th, longest."""
    return [number(one.n), *(number(value, 1) for value in (one.mean, one.p50, one.p90, one.longest))]
