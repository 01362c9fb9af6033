"""勤務表: a week's shifts from the counters it needs, watched while they are being made, and taken along."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.errors import NotFound, invalid
from models.core.messages import _n
from models.operations import tuning as acts
from models.operations.tuning import Rest
from models.papers.calendar_file import CalendarVisit, calendar_of
from models.papers.tables import csv_file
from models.queries import measures, offices, roster_rules, rosters, staffing
from models.queries.offices import OfficeView
from models.queries.rosters import MadeRoster
from models.rules.opening import at_minute
from models.rules.planning.findings import clock
from models.rules.planning.roster import Duty, Roster
from models.rules.planning.staffing import Target
from web.access import REPORTS, own_office, visitor
from web.languages import gettext
from web.manager.choosing import Choice, chosen, shown
from web.manager.roster_shown import COLUMNS, burdens, day_name, days, queue_names, rows, table
from web.presentation import day_and_month, percentage

blueprint = Blueprint("rosters", __name__)
blueprint.context_processor(shown)

WEEKS_AHEAD = 8
BAD_WEEK = _n("週を選び直してください。")
NO_PEOPLE = _n("先に「勤務の決まり」に、働く人を記号で書いてください。")


@blueprint.get("/roster")
@REPORTS
def page() -> str:
    """Where a week is chosen, what its roster would be made of, and the newest rosters."""
    choice = chosen()
    return render_template(
        "manager/rosters.html",
        choice=choice,
        rules=roster_rules.current(choice.place),
        newest=measures.last_recorded(choice.place),
        target=_target(choice),
        weeks=[(monday.isoformat(), _week_name(monday)) for monday in _mondays(choice)],
        recent=[(one, _week_name(one.monday)) for one in rosters.recent(choice.place)],
    )


@blueprint.post("/roster")
@REPORTS
def make() -> Response:
    """Make the roster of a week, at once where it is quick; `Invalid` without people or a week."""
    choice = chosen()
    rules = roster_rules.current(choice.place)
    if rules is None or not rules.rules.people:
        raise invalid("people", NO_PEOPLE)
    try:
        monday = date.fromisoformat(request.form.get("week", ""))
    except ValueError:
        raise invalid("week", BAD_WEEK) from None
    if monday not in _mondays(choice):
        raise invalid("week", BAD_WEEK)
    rest = Rest(choice.first, choice.last)
    plan = acts.ask_roster(choice.place, _target(choice), rest, monday, rules.rules, visitor().actor)
    acts.at_once(plan)
    return redirect(url_for("rosters.made", plan=plan), 303)


@blueprint.get("/roster/<int:plan>")
@REPORTS
def made(plan: int) -> str:
    """How far a roster is; once it is done, who works when, and why."""
    found, place = _own(plan)
    roster = found.roster
    return render_template(
        "manager/roster.html",
        choice=chosen(),
        found=found,
        roster=roster,
        office=place,
        week=_week_name(found.monday),
        heads=[day_name(day) for day in roster.days] if roster else [],
        rows=rows(roster, found.rules) if roster else [],
        burdens=burdens(roster, found.rules) if roster else [],
        days=days(roster) if roster else [],
        names=queue_names(),
        gap=percentage(roster.gap, 1) if roster else "",
        back=url_for("rosters.page", office=place.code),
    )


@blueprint.post("/roster/<int:plan>/cancel")
@REPORTS
def cancel(plan: int) -> Response:
    """Stop a roster that is being made."""
    found, _ = _own(plan)
    acts.cancel(found.id, visitor().actor)
    return redirect(url_for("rosters.made", plan=plan), 303)


@blueprint.get("/roster/<int:plan>.csv")
@REPORTS
def as_table(plan: int) -> Response:
    """Every shift as a row."""
    found, place, roster = _done(plan)
    return _file(csv_file(COLUMNS, table(roster)), "text/csv", f"roster-{place.code}-{found.monday}.csv")


@blueprint.get("/roster/<int:plan>.ics")
@REPORTS
def as_calendar(plan: int) -> Response:
    """Every shift as an event; with `person` those of one code."""
    found, place, roster = _done(plan)
    code = request.args.get("person", "")[:6]
    if code and code not in {one.code for one in found.rules.people}:
        raise NotFound
    events = [_event(found, place, roster, duty) for duty in roster.duties if code in ("", duty.code)]
    name = "-".join(filter(None, ("roster", place.code, str(found.monday), code)))
    return _file(calendar_of(events), "text/calendar", f"{name}.ics")


def _own(plan: int) -> tuple[MadeRoster, OfficeView]:
    """A roster and its office; `NotFound` for none, `Forbidden` for another office's."""
    found = rosters.made(plan)
    place = next((one for one in offices.offices() if one.id == found.office_id), None)
    if place is None:
        raise NotFound
    return found, own_office(place.code)


def _done(plan: int) -> tuple[MadeRoster, OfficeView, Roster]:
    found, place = _own(plan)
    if found.roster is None:
        raise NotFound
    return found, place, found.roster


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=kind, headers=headers)


def _event(found: MadeRoster, place: OfficeView, roster: Roster, duty: Duty) -> CalendarVisit:
    day = roster.days[duty.day].day or found.monday
    lunch = (
        gettext("昼休み {starts}〜{ends}", starts=clock(duty.lunch[0]), ends=clock(duty.lunch[1]))
        if duty.lunch
        else ""
    )
    return CalendarVisit(
        uid=f"roster-{found.id}-{duty.code}-{day.isoformat()}@maeniwa",
        starts_at=_at(place, day, duty.starts),
        ends_at=_at(place, day, duty.ends),
        title=f"{duty.code} {duty.kind}",
        place=place.name,
        notes=lunch,
        address="",
        changed_at=found.made_at or _at(place, day, duty.starts),
    )


def _at(place: OfficeView, day: date, minute: int) -> datetime:
    at: time = at_minute(minute)
    return datetime.combine(day, at, tzinfo=place.zone)


def _target(choice: Choice) -> Target:
    """The share and minutes of the queue that most people come for."""
    return staffing.usual_target(choice.place, choice.first, choice.last)


def _mondays(choice: Choice) -> list[date]:
    monday = choice.today - timedelta(days=choice.today.weekday())
    return [monday + timedelta(weeks=ahead) for ahead in (*range(1, WEEKS_AHEAD + 1), 0)]


def _week_name(monday: date) -> str:
    return gettext(
        "{first}から{last}まで",
        first=day_and_month(monday),
        last=day_and_month(monday + timedelta(days=6)),
    )
