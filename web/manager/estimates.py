"""待ち時間の目安: how near the estimates that people were told came to the truth, by day, queue and place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, render_template

from models.core.messages import _n
from models.papers.tables import csv_file
from models.queries import estimates
from models.rules.planning.wait_scores import Score, Shown, score, scores
from models.rules.planning.waits import DRAWS
from web.access import REPORTS
from web.charts import Drawing, bars
from web.languages import gettext
from web.manager.choosing import Choice, chosen, shown
from web.manager.tables_shown import signed
from web.presentation import number, percentage, plain_words

blueprint = Blueprint("estimates", __name__)
blueprint.context_processor(shown)

SLIP = "slip"
PLACES = {SLIP: _n("番号札をとったとき"), "screen": _n("画面（表示板・スマホ）")}
COLUMNS = (
    "週の初め", "業務", "くらべた番号札", "待った時間平均（分）", "目安のずれ平均（分）", "長め・短め（分）",
    "80パーセンタイルまでに呼ばれた人（％）", "幅を案内した番号札", "幅に入った人（％）",
)  # fmt: skip
MOST_DAYS, MOST_WEEKS = 31, 26
LABELS = 10
GOAL, NEAR = 8, 1
"""People out of ten who should be called within the told time, and how far from it is still good."""
BAND = 0.75, 0.85
"""The share of people between the 10th and the 90th percentile that is good."""


@dataclass(frozen=True)
class Told:
    """What the page says of the whole span: people out of ten called in time, and how good that is.

    None where everybody was told to be called at once.
    """

    out_of_ten: int | None
    kind: str
    band_kind: str


@blueprint.get("/estimates")
@REPORTS
def page() -> tuple[str, int]:
    """The score of the span, its days as a chart, and tables by day, queue and place."""
    choice = chosen()
    found = estimates.shown(choice.place, choice.first, choice.last, choice.queue)
    total = score(found)
    days = scores(found, lambda one: one.day)
    weeks = _weeks(found)
    body = render_template(
        "manager/estimates.html",
        choice=choice,
        total=total,
        told=_told(total),
        newest=None if total else estimates.last_shown(choice.place),
        drawing=_drawing(days),
        bands=_bands(found),
        weeks=[
            [_week(monday), _queue_name(code, choice), *_cells(one), *_band(one)]
            for (monday, code), one in weeks.items()
        ],
        days=[[day.isoformat(), *_cells(one)] for day, one in sorted(days.items())],
        queues=_queues(found, choice),
        places=_places(found),
        signed=signed,
        draws=DRAWS,
    )
    return body, 422 if choice.problem else 200


@blueprint.get("/estimates.csv")
@REPORTS
def table() -> Response:
    """What people were told when they took their number, by week and queue."""
    choice = chosen()
    found = estimates.shown(choice.place, choice.first, choice.last, choice.queue)
    rows = [
        (
            monday.isoformat(), code, one.shown, one.waited, one.distance, one.difference,
            None if one.in_time is None else 100 * one.in_time,
            one.banded, None if one.in_band is None else 100 * one.in_band,
        )
        for (monday, code), one in _weeks(found).items()
    ]  # fmt: skip
    name = f"estimates-{choice.place.code}-{choice.first}-{choice.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_file(COLUMNS, rows), mimetype="text/csv", headers=headers)


def _told(total: Score | None) -> Told | None:
    if total is None:
        return None
    if total.in_time is None or total.in_band is None:
        return Told(None, "", "")
    people = round(total.in_time * 10)
    inside = BAND[0] <= round(total.in_band, 2) <= BAND[1]
    return Told(people, "good" if abs(people - GOAL) <= NEAR else "bad", "good" if inside else "bad")


def _weeks(found: Sequence[Shown]) -> dict[tuple[date, str], Score]:
    """The scores of what was told with the number, once each, by week (its Monday) and queue."""
    slips = (one for one in found if one.shown_on == SLIP)
    by_week = scores(slips, lambda one: (_monday(one.day), one.queue))
    return dict(sorted(by_week.items()))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _week(monday: date) -> str:
    return gettext("{day}の週", day=f"{monday.month}/{monday.day}")


def _bands(found: Sequence[Shown]) -> Drawing | None:
    """The newest weeks: how many of a hundred were called between the two times of their band."""
    slips = (one for one in found if one.shown_on == SLIP)
    weeks = scores(slips, lambda one: _monday(one.day))
    newest = [week for week in sorted(weeks) if weeks[week].in_band is not None][-MOST_WEEKS:]
    if not newest:
        return None
    rows = [100 * (weeks[week].in_band or 0.0) for week in newest]
    apart = -(-len(newest) // LABELS)
    labels = [f"{week.month}/{week.day}" if at % apart == 0 else "" for at, week in enumerate(newest)]
    return bars(
        labels,
        [
            (gettext("幅に入った人（100人中）"), "a", rows),
            (gettext("めざす人数（100人中80人）"), "b", [80.0] * len(newest)),
        ],
    )


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


def _band(one: Score) -> tuple[str, str]:
    """How many were told a band, and how many of them were called within it."""
    return number(one.banded), percentage(one.in_band)
