"""待ち時間: how long people wait and how long it takes them, by weekday, hour and every other cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.exceptions import NotFound as NoSuchPage

from models.core.errors import NotFound
from models.core.messages import Message, _n, message
from models.papers.charts import WeekdayBar, WeekdayWords, weekday_chart
from models.papers.tables import csv_file
from models.queries import catalogue, long_reports, measures, reports
from models.queries.kept import look
from models.queries.long_reports import LONGEST_DAYS
from models.queries.reports import CUTS, Heat, Report
from models.rules.planning.opening_hours import WEEKDAYS
from models.rules.statistics import Measures
from models.rules.visit_export import COLUMNS
from web.access import REPORTS
from web.languages import gettext
from web.manager.choosing import Choice, chosen, shown
from web.manager.more_measures import stay_rows, utilisation_rows
from web.manager.tables_shown import CUT_NAMES, NUMBER_NAMES, key_name, numbers, signed
from web.manager.tables_shown import shown as shown_lines
from web.presentation import plain_words, weekday_name

blueprint = Blueprint("reports", __name__)
blueprint.context_processor(shown)

BUSIEST_HOUR = _n("いちばん人が来るのは {hour}時台です（1日 {people}人）。")
SLOWEST_HOUR = _n("いちばん待つのは {hour}時台です。10人のうち9人が呼ばれるまでに {minutes}分 かかりました。")
DRAWN = ("weekday", "hour")
"""The cuts that are drawn as a chart; the others have a bar beside each name."""
TITLES = {"weekday": _n("曜日ごとの来庁と待ち時間"), "hour": _n("時刻ごとの来庁と待ち時間")}


@blueprint.get("/")
@REPORTS
def overview() -> tuple[str, int]:
    """The office at a glance; 422 with the usual span where a date could not be read."""
    choice = chosen(LONGEST_DAYS)
    cuts = _cuts(choice)
    by = request.args.get("by", "weekday")
    by = by if by in cuts else "weekday"
    kept = look(reports.REPORT, choice.place, choice.first, choice.last, by, choice.queue)
    found = kept.answer
    known = catalogue.current()
    page = render_template(
        "manager/reports.html",
        choice=choice,
        found=found,
        newest=None if found.total.visits else measures.last_recorded(choice.place),
        by=by,
        cuts={code: CUT_NAMES[code] for code in cuts},
        has_tickets=choice.days <= measures.LONGEST_SPAN_DAYS,
        drawn=by in DRAWN and bool(found.lines),
        lines=shown_lines(found.lines, by, known),
        story=_story(found, by),
        heat=_heat_rows(found.heat, choice),
        longest=_longest(found.heat),
        changes=_changes(found),
        used=utilisation_rows(choice),
        stays=stay_rows(choice) if choice.days <= measures.LONGEST_SPAN_DAYS else [],
        kept_at=kept.made_at,
        target_queue=plain_words(known.queues[found.target_queue].words) if found.target_queue else "",
    )
    return page, 422 if choice.problem else 200


@blueprint.get("/visits.csv")
@REPORTS
def visits_csv() -> Response:
    """Every handled ticket of the span, a row each, without personal data."""
    choice = chosen()
    content = csv_file(COLUMNS, measures.visit_rows(choice.place, choice.first, choice.last))
    name = f"visits-{choice.place.code}-{choice.first}-{choice.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype="text/csv", headers=headers)


@blueprint.get("/cuts/<by>.csv")
@REPORTS
def cut_csv(by: str) -> Response:
    """The table of one cut as CSV."""
    choice = chosen(LONGEST_DAYS)
    if by not in _cuts(choice):
        raise NotFound
    lines, _ = reports.lines_of(choice.place, choice.first, choice.last, by, choice.queue)
    known = catalogue.current()
    rows = [(key_name(by, line.keys[by], known), *numbers(line)) for line in lines]
    name = f"{by}-{choice.place.code}-{choice.first}-{choice.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = csv_file((gettext(CUT_NAMES[by]), *NUMBER_NAMES), rows)
    return Response(content, mimetype="text/csv", headers=headers)


@blueprint.get("/charts/visits-<by>.svg")
@REPORTS
def visits_chart(by: str) -> Response:
    """Visits and waits by weekday or hour as a picture; the page has the same numbers as a table."""
    if by not in DRAWN:
        raise NotFound
    choice = chosen(LONGEST_DAYS)
    lines, open_days = reports.lines_of(choice.place, choice.first, choice.last, by, choice.queue)
    if not lines:
        raise NoSuchPage
    words = WeekdayWords(
        title=gettext(TITLES[by]),
        description=gettext("同じ数字の表が、図の下にあります。"),
        visits=gettext("来庁（1日あたりの人数）"),
        wait_p50=gettext("待ち時間の中央値（分）"),
        wait_p90=gettext("9割の人が呼ばれるまで（分）"),
    )
    return picture(weekday_chart(_bars(lines, by, open_days), words, for_phone()))


def _cuts(choice: Choice) -> tuple[str, ...]:
    return long_reports.cuts_of(choice.place, choice.first, choice.last, choice.queue, CUTS)


def for_phone() -> bool:
    """Whether a chart is asked for as wide as a phone."""
    return "narrow" in request.args


def picture(content: bytes) -> Response:
    """A chart for an <img>."""
    return Response(content, mimetype="image/svg+xml")


def _bars(lines: Sequence[Measures], by: str, open_days: Mapping[int, int]) -> list[WeekdayBar]:
    every_day = sum(open_days.values())
    bars = []
    for line in lines:
        key = line.keys[by]
        days = open_days.get(int(key or 0), 0) if by == "weekday" else every_day
        label = weekday_name(int(key or 0)) if by == "weekday" else str(key)
        bars.append(WeekdayBar(label, line.visits / (days or 1), line.wait_p50, line.wait_p90))
    return bars


HeatCell = int | tuple[int, str] | None


def _heat_rows(heat: Heat, choice: Choice) -> list[tuple[str, list[HeatCell]]]:
    """Weekdays by name with whole minutes, each leading to the tickets behind it where these are kept."""
    leads = choice.days <= measures.LONGEST_SPAN_DAYS

    values: dict[str, Any] = {**choice.address(), "by": ["weekday", "half_hour"]}
    tickets = url_for("behind.page", **values)

    def cell(weekday: int, half_hour: str, minutes: float | None) -> HeatCell:
        if minutes is None or not leads:
            return None if minutes is None else round(minutes)
        return round(minutes), f"{tickets}&key={weekday}&key={half_hour}"

    return [
        (weekday_name(weekday), [cell(weekday, *one) for one in zip(heat.half_hours, cells, strict=True)])
        for weekday, cells in heat.rows
    ]


def _longest(heat: Heat) -> tuple[str, str, int] | None:
    if heat.longest is None:
        return None
    weekday, half_hour, minutes = heat.longest
    return gettext(WEEKDAYS[weekday].template), half_hour.lstrip("0"), round(minutes)


def _story(found: Report, by: str) -> list[Message]:
    """What the chart of a cut says, in sentences."""
    if by == "weekday":
        return [one.message for one in found.staffing.advice] if found.staffing else []
    if by != "hour" or not found.total.visits:
        return []
    days = sum(found.open_days.values()) or 1
    busiest = max(found.lines, key=lambda line: line.visits)
    story = [message(BUSIEST_HOUR, hour=busiest.keys["hour"], people=round(busiest.visits / days))]
    slow = [(line.wait_p90, line.keys["hour"]) for line in found.lines if line.wait_p90 is not None]
    if slow:
        minutes, hour = max(slow)
        story.append(message(SLOWEST_HOUR, hour=hour, minutes=round(minutes)))
    return story


def _changes(found: Report) -> dict[str, tuple[str, str]]:
    """What changed since the span before, with its mood: shorter waits and larger shares are good."""
    if found.before is None:
        return {}
    now, before = found.total, found.before
    pairs = {
        "wait": (now.wait_p50, before.wait_p50, -1.0, 1),
        "booked": (now.booking_rate, before.booking_rate, 1.0, 0),
        "prefilled": (now.prefill_rate, before.prefill_rate, 1.0, 0),
    }
    changes = {}
    for name, (after, earlier, better, decimals) in pairs.items():
        if after is not None and earlier is not None:
            factor = 1 if name == "wait" else 100
            change = round((after - earlier) * factor, decimals)
            mood = "" if not change else "good" if change * better > 0 else "bad"
            changes[name] = signed(change, decimals), mood
    return changes


def span_before(choice: Choice) -> str:
    """The span before in words, for what is compared with it."""
    if choice.weeks:
        return gettext("前の{n}週間", n=choice.weeks)
    return gettext("前の{n}日間", n=choice.days)


def weeks_before(day: date, weeks: int) -> str:
    """The ISO date on which the weeks that end on `day` begin."""
    return (day - timedelta(weeks=weeks) + timedelta(days=1)).isoformat()


def clock_label(half_hour: str) -> str:
    """A half hour as people write it: 9:00 for 09:00."""
    return half_hour.lstrip("0") if half_hour > "01" else half_hour[1:]


for _filter in (span_before, weeks_before, clock_label):
    blueprint.add_app_template_filter(_filter)
