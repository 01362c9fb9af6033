"""もしも: the form of what would be different, the waits before beside after, and the example of Susono."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time

from flask import Blueprint, Response, render_template, request

from models.core.errors import FieldProblem, Invalid, invalid
from models.core.messages import Message, _n
from models.papers.tables import csv_file
from models.queries import measures, what_if
from models.queries.kept import look
from models.queries.what_if import Measured
from models.rules.opening import minute_of
from models.rules.planning import susono
from models.rules.planning.findings import clock
from models.rules.planning.own_day import Change
from models.rules.planning.slot_fill import HIGH_LOAD
from models.rules.planning.staffing import Hours
from models.rules.planning.what_if import Comparison, Spread
from web import charts
from web.access import REPORTS
from web.languages import gettext
from web.manager.choosing import Choice, chosen, shown
from web.manager.staffing import read_number
from web.presentation import number, percentage

blueprint = Blueprint("what_if", __name__)
blueprint.context_processor(shown)

BAD_RANGE = _n("{least}から{most}までの数で書いてください。")
BAD_HOURS = _n("時刻を確かめてください。閉じる時刻は、開く時刻より1時間以上あとにします。")
SHORTEST = 60
EXAMPLE_DAYS = 150
LONG_WALK_IN = 60.0
FAR = 3.0
"""Minutes by which the mean wait of the played days may miss the log, or a quarter of it."""
COLUMNS = (
    "待ち時間（分）", "いまの平均", "いまの±", "いまの中央", "いまの9割",
    "もしもの平均", "もしもの±", "もしもの中央", "もしもの9割",
)  # fmt: skip
KINDS = (_n("全員"), _n("番号札の人"), _n("予約の人"))


@dataclass(frozen=True)
class Field:
    """One number of the form and the least and most that can be asked."""

    name: str
    least: float
    most: float
    usual: Callable[[Measured], float | None]


FIELDS = (
    Field("booked", 0, 95, lambda day: round(day.booked_share * 100)),
    Field("prefilled", 0, 100, lambda day: round(day.prefilled_share * 100)),
    Field("counters", 1, 60, lambda day: day.counters),
    Field("handling", 1, 240, lambda day: round(day.handling, 1)),
    Field(
        "handling_prefilled",
        1,
        240,
        lambda day: round(day.handling_prefilled or day.handling * day.saved, 1),
    ),
)


@dataclass(frozen=True)
class Asked:
    """The form as it stands, what it asks for, and what was wrong with it; None: nothing was asked yet."""

    typed: Mapping[str, str]
    change: Change | None
    problems: Mapping[str, Message]


@blueprint.get("/what-if")
@REPORTS
def page() -> tuple[str, int]:
    """The own days and a change of them; 422 where a number of the form could not be read."""
    choice = chosen()
    measured, asked, found = _changed(choice) if _is_asked() else (None, None, None)
    kept = None if asked else look(what_if.MEASURED, choice.place, choice.first, choice.last, choice.queue)
    if kept and kept.answer:
        measured, asked = kept.answer, _asked(kept.answer)
    name = request.args.get("example", "")
    example = susono.example(name, EXAMPLE_DAYS) if name in susono.scenes() else None
    body = render_template(
        "manager/what_if.html",
        here="what_if.page",
        choice=choice,
        newest=None if measured else measures.last_recorded(choice.place),
        day=measured,
        asked=asked,
        found=found,
        far=_far(measured) if measured else False,
        kept_at=kept.made_at if kept else None,
        rows=_rows(found) if found else [],
        drawing=_drawing(found) if found else None,
        warnings=_warnings(found) if found else [],
        address={**choice.address(), **(asked.typed if asked else {})},
        example=example,
        example_rows=_rows(example) if example else [],
        example_drawing=_drawing(example) if example else None,
        examples=EXAMPLES,
        chosen_example=name,
        assumptions=susono.ASSUMPTIONS,
    )
    return body, 422 if choice.problem or (asked and asked.problems) else 200


def _is_asked() -> bool:
    """Whether anything of the form stands in the address."""
    return any(name in request.args for name in (*(one.name for one in FIELDS), "opens", "closes"))


def _changed(choice: Choice) -> tuple[Measured | None, Asked | None, Comparison | None]:
    """What was measured, what was asked, and both sides, played now; None where nobody came or it cannot be read."""
    day = what_if.today(choice.place, choice.first, choice.last, choice.queue)
    if day is None:
        return None, None, None
    measured = what_if.measured(day)
    asked = _asked(measured)
    if asked.problems:
        return measured, asked, None
    found = what_if.compared(day, asked.change or Change()).comparison
    return replace(measured, played=found.before), asked, found


EXAMPLES: Mapping[str, str] = {
    "booked_and_prefilled": _n("30%が予約し、その8割が記入してくる"),
    "everybody_prefilled_fewer_counters": _n("全員が記入してくる（窓口は10から6に）"),
    "everybody_prefilled": _n("全員が記入してくる（窓口は10のまま）"),
    "booked_alone": _n("70%が予約し、だれも記入してこない"),
}


@blueprint.get("/what-if.csv")
@REPORTS
def table() -> Response:
    """The comparison as a table; `Invalid` for numbers that cannot be read."""
    choice = chosen()
    _, asked, found = _changed(choice)
    if asked and asked.problems:
        raise Invalid([FieldProblem(name, problem) for name, problem in asked.problems.items()])
    rows: list[Sequence[str | float]] = []
    for kind, before, after in _pairs(found) if found else ():
        rows.append(
            (kind, *(round(getattr(one, of), 2) for one in (before, after) for of in ("mean", "within", "p50", "p90")))
        )  # fmt: skip
    name = f"what-if-{choice.place.code}-{choice.first}-{choice.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_file(COLUMNS, rows), mimetype="text/csv", headers=headers)


def _asked(day: Measured) -> Asked:
    """The form in the address; today's figures where nothing is given."""
    usual = {one.name: _plain(one.usual(day)) for one in FIELDS}
    usual |= {"opens": clock(day.opens).zfill(5), "closes": clock(day.closes).zfill(5)}
    typed = {name: request.args.get(name, "").strip()[:10] or value for name, value in usual.items()}
    if not _is_asked():
        return Asked(typed, None, {})
    problems: dict[str, Message] = {}
    values: dict[str, float | None] = {}
    for one in FIELDS:
        try:
            values[one.name] = None if typed[one.name] == usual[one.name] else _number(typed[one.name], one)
        except Invalid as refused:
            problems |= {problem.field: problem.message for problem in refused.problems}
    hours = None
    try:
        hours = _hours(typed["opens"], typed["closes"])
    except Invalid as refused:
        problems |= {problem.field: problem.message for problem in refused.problems}
    if problems:
        return Asked(typed, None, problems)
    return Asked(typed, _change(values, hours), {})


def _change(values: Mapping[str, float | None], hours: Hours | None) -> Change:
    booked, prefilled, counters = values["booked"], values["prefilled"], values["counters"]
    return Change(
        None if booked is None else booked / 100,
        None if prefilled is None else prefilled / 100,
        None if counters is None else round(counters),
        hours,
        values["handling"],
        values["handling_prefilled"],
    )


def _number(text: str, one: Field) -> float:
    found = read_number(text, one.name)
    if not one.least <= found <= one.most:
        raise invalid(one.name, BAD_RANGE, least=f"{one.least:g}", most=f"{one.most:g}")
    return found


def _hours(opens: str, closes: str) -> Hours:
    try:
        found = Hours(minute_of(time.fromisoformat(opens)), minute_of(time.fromisoformat(closes)))
    except ValueError:
        raise invalid("opens", BAD_HOURS) from None
    if found.closes - found.opens < SHORTEST:
        raise invalid("opens", BAD_HOURS)
    return found


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _pairs(found: Comparison) -> list[tuple[str, Spread, Spread]]:
    before, after = found.before, found.after
    spreads = ((before.every, after.every), (before.walk_in, after.walk_in), (before.booked, after.booked))
    return [(gettext(kind), *pair) for kind, pair in zip(KINDS, spreads, strict=True)]


def _rows(found: Comparison) -> list[list[str]]:
    """Kind of people; mean with its interval, median and 90th percentile, each before and after."""
    rows = []
    for kind, before, after in _pairs(found):
        cells = [
            [
                f"{number(one.mean, 1)} ±{number(one.within, 1)}",
                number(one.p50),
                number(one.p90),
                number(one.people),
            ]
            if one.people
            else ["−"] * 4
            for one in (before, after)
        ]
        rows.append([kind, *(side[at] for at in range(4) for side in cells)])
    return rows


def _drawing(found: Comparison) -> charts.Drawing:
    """The mean and the 90th percentile of every kind of people who come, before beside after."""
    kinds, before, after = [], [], []
    for kind, old, new in _pairs(found):
        if not (old.people or new.people):
            continue
        kinds.append(kind)
        before += [old.mean if old.people else None, old.p90 if old.people else None]
        after += [new.mean if new.people else None, new.p90 if new.people else None]
    labels = [gettext("平均"), gettext("9割")] * len(kinds)
    return charts.bars(labels, [(gettext("いま"), "b", before), (gettext("もしも"), "a", after)], kinds)


def _far(day: Measured) -> bool:
    """Whether the played days wait quite otherwise than the log: then only the direction counts."""
    return day.played is not None and abs(day.played.every.mean - day.wait) > max(FAR, day.wait / 4)


def _warnings(found: Comparison) -> list[str]:
    """What the office should know before it acts."""
    said = []
    if found.after.load > HIGH_LOAD:
        said.append(
            gettext(
                "仕事の量が、窓口の時間の{load}になります。予約の時刻を変えるだけでは待ち時間は減りません。記入してくる人を増やすか、窓口を増やしてください。",
                load=percentage(found.after.load),
            )
        )
    if found.after.booked.people and found.after.walk_in.p90 > LONG_WALK_IN:
        said.append(
            gettext("番号札の人の1割は、1時間より長く待ちます。予約していない人の窓口を残してください。")
        )
    return said
