"""くわしい計算: asking for counters tuned by playing days, watching how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.errors import NotFound
from models.operations import tuning as acts
from models.operations.tuning import Rest
from models.queries import offices, tunings
from models.queries.offices import OfficeView
from models.queries.staffing import checked_target
from models.queries.tunings import Tuning
from models.rules.planning.findings import clock
from models.rules.planning.opening_hours import WEEKDAYS
from models.rules.planning.week_tuning import TunedDay
from web.access import REPORTS, own_office, visitor
from web.languages import gettext
from web.manager.choosing import chosen, shown
from web.manager.staffing import Square, read_number
from web.manager.tables_shown import signed
from web.presentation import number, percentage, span, weekday_name

blueprint = Blueprint("tuning", __name__)
blueprint.context_processor(shown)


@blueprint.post("/staffing/tuning")
@REPORTS
def ask() -> Response:
    """Ask for the plan of the choice and target in the address, and go where it is shown."""
    choice = chosen()
    target = checked_target(
        read_number(request.args.get("share", ""), "share"),
        read_number(request.args.get("within", ""), "within"),
    )
    rest = Rest(choice.first, choice.last, choice.queue)
    plan = acts.ask(choice.place, target, rest, visitor().actor)
    return redirect(url_for("tuning.page", plan=plan), 303)


@blueprint.get("/staffing/tuning/<int:plan>")
@REPORTS
def page(plan: int) -> str:
    """How far a plan is; once it is done, its counters beside the formula's."""
    found, place = _own(plan)
    clocks = sorted({minute for day in found.days for minute in day.starts})
    return render_template(
        "manager/tuning.html",
        choice=chosen(),
        found=found,
        office=place,
        days=[(gettext(WEEKDAYS[day.weekday].template), day, _rows(day)) for day in found.days],
        clocks=[clock(minute) for minute in clocks],
        squares=[(weekday_name(day.weekday), _squares(day, clocks)) for day in found.days],
        worst=percentage(found.worst) if found.worst is not None else "",
        back=_back(found, place),
    )


@blueprint.post("/staffing/tuning/<int:plan>/cancel")
@REPORTS
def cancel(plan: int) -> Response:
    """Stop a plan that is on its way."""
    found, _ = _own(plan)
    acts.cancel(found.id, visitor().actor)
    return redirect(url_for("tuning.page", plan=plan), 303)


def _own(plan: int) -> tuple[Tuning, OfficeView]:
    """A plan and its office; `NotFound` for none, `Forbidden` for another office's."""
    found = tunings.tuning(plan)
    place = next((one for one in offices.offices() if one.id == found.office_id), None)
    if place is None:
        raise NotFound
    return found, own_office(place.code)


def _back(found: Tuning, place: OfficeView) -> str:
    asked: dict[str, Any] = {
        "office": place.code,
        "queue": found.queue,
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "share": number(100 * found.target.share),
        "within": number(found.target.within_minutes),
    }
    return url_for("staffing.plan", **asked)


def _squares(day: TunedDay, clocks: Sequence[int]) -> list[Square | None]:
    """The day's counters for each of these clocks; None where it is closed."""
    counters = dict(zip(day.starts, zip(day.counters, day.formula, strict=True), strict=True))
    return [_square(*counters[minute]) if minute in counters else None for minute in clocks]


def _square(counters: int, formula: int) -> Square:
    more = counters - formula
    kind = "short" if more > 0 else "enough" if more else "spare"
    return Square(counters, signed(more, 0) if more else "", kind)


def _rows(day: TunedDay) -> list[list[str]]:
    """Time, counters, the formula's, how many fewer, the share called in time, and where it is known, with one less."""
    fewer = day.fewer or (None,) * len(day.starts)
    columns = zip(day.starts, day.ends, day.counters, day.formula, day.shares, fewer, strict=True)
    return [
        [
            span(clock(starts), clock(ends)),
            number(counters),
            number(formula),
            signed(counters - formula, 0) if counters != formula else "・",
            percentage(share),
            _without(without),
        ]
        for starts, ends, counters, formula, share, without in columns
    ]


def _without(one: tuple[int, float] | None) -> str:
    """The share called in time with one counter less, and from when on."""
    return gettext("{share}（{time}）", share=percentage(one[1]), time=clock(one[0])) if one else "―"
