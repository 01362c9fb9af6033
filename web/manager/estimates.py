"""待ち時間の目安: how near the estimates that people were told came to the truth, by day, queue and place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template

from models.core.messages import _n
from models.queries import estimates
from models.rules.planning.wait_scores import Score, Shown, score, scores
from web.access import REPORTS
from web.charts import Drawing, bars
from web.languages import gettext
from web.manager.choosing import Choice, chosen, shown
from web.manager.tables_shown import signed
from web.presentation import number, percentage, plain_words

blueprint = Blueprint("estimates", __name__)
blueprint.context_processor(shown)

PLACES = {"slip": _n("番号札をとったとき"), "screen": _n("画面（表示板・スマホ）")}
MOST_DAYS = 31
LABELS = 10
GOAL, NEAR = 8, 1
"""People out of ten who should be called within the told time, and how far from it is still good."""


@dataclass(frozen=True)
class Told:
    """What the page says of the whole span: people out of ten called in time, and how good that is."""

    out_of_ten: int
    kind: str


@blueprint.get("/estimates")
@REPORTS
def page() -> tuple[str, int]:
    """The score of the span, its days as a chart, and tables by day, queue and place."""
    choice = chosen()
    found = estimates.shown(choice.place, choice.first, choice.last, choice.queue)
    total = score(found)
    days = scores(found, lambda one: one.day)
    body = render_template(
        "manager/estimates.html",
        choice=choice,
        total=total,
        told=_told(total),
        newest=None if total else estimates.last_shown(choice.place),
        drawing=_drawing(days),
        days=[[day.isoformat(), *_cells(one)] for day, one in sorted(days.items())],
        queues=_queues(found, choice),
        places=_places(found),
        signed=signed,
    )
    return body, 422 if choice.problem else 200


def _told(total: Score | None) -> Told | None:
    if total is None:
        return None
    people = round(total.in_time * 10)
    return Told(people, "good" if abs(people - GOAL) <= NEAR else "bad")


def _drawing(days: Mapping[date, Score]) -> Drawing | None:
    """The newest days: how long people waited, and by how much the told minutes missed it."""
    newest = sorted(days)[-MOST_DAYS:]
    if not newest:
        return None
    apart = -(-len(newest) // LABELS)
    labels = [f"{day.month}/{day.day}" if at % apart == 0 else "" for at, day in enumerate(newest)]
    return bars(
        labels,
        [
            (gettext("待った時間（平均・分）"), "b", [days[day].waited for day in newest]),
            (gettext("目安のずれ（平均・分）"), "a", [days[day].distance for day in newest]),
        ],
    )


def _queues(found: Sequence[Shown], choice: Choice) -> list[list[object]]:
    by_queue = scores(found, lambda one: one.queue)
    ordered = sorted(by_queue.items(), key=lambda item: -item[1].shown)
    return [[_queue_name(code, choice), *_cells(one)] for code, one in ordered]


def _queue_name(code: str, choice: Choice) -> str:
    return plain_words(choice.queues[code]) if code in choice.queues else code


def _places(found: Sequence[Shown]) -> list[list[object]]:
    by_place = scores(found, lambda one: one.shown_on)
    return [[gettext(name), *_cells(by_place[code])] for code, name in PLACES.items() if code in by_place]


def _cells(one: Score) -> tuple[str, ...]:
    """Shown, waited, distance, difference, called in time."""
    return (
        number(one.shown), number(one.waited, 1), number(one.distance, 1), signed(one.difference, 1),
        percentage(one.in_time),
    )  # fmt: skip
