"""管理の入口: can this installation work, what does it offer, and what has it done by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, g, render_template
from flask_login import current_user

from models.operations import readiness
from models.queries import catalogue, first_run, jobs, offices, undelivered
from models.queries.offices import CounterView, OfficeView
from models.rules.opening import Span
from web.access import ADMINISTRATOR
from web.admin import finding_words
from web.admin.contents import Entry, groups
from web.presentation import span, weekday_name
from web.spelling import listed

blueprint = Blueprint("overview", __name__)


@dataclass(frozen=True)
class OfficeLine:
    """An office with its counters and its hours by weekday, Monday first."""

    office: OfficeView
    counters: tuple[CounterView, ...]
    hours: tuple[tuple[str, str], ...]
    procedures: int


def sections(now_at: str) -> list[tuple[str, list[Entry]]]:
    """The administrator's pages for the side of each of them, in groups."""
    return groups(now_at)


def name_of_visitor() -> str:
    """Who is signed in; empty for a system's token."""
    return str(current_user.name) if current_user and current_user.is_authenticated else ""


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """The state of the installation."""
    known = catalogue.current()
    return render_template(
        "admin/overview.html",
        sections=sections("overview.page"),
        person=name_of_visitor(),
        doctor="doctor.page" in current_app.view_functions,
        preparing=first_run.waiting() is not None,
        findings=[finding_words.said(one) for one in readiness.of_municipality(g.municipality)],
        offices=[_line(office) for office in offices.offices()],
        edition=catalogue.current_edition(),
        catalogue=known,
        seen_until=jobs.scheduler_seen_until(),
        letters=(*undelivered.counts(), sum(undelivered.stranded().values())),
        troubles=[finding_words.said(one) for one in readiness.jobs_of(g.municipality)],
    )


def _line(office: OfficeView) -> OfficeLine:
    week = offices.week_of(office)
    hours = tuple((weekday_name(day), _spans(spans)) for day, spans in enumerate(week.weekdays) if spans)
    return OfficeLine(office, offices.counters_of(office), hours, len(offices.procedures_of(office)))


def _spans(spans: Sequence[Span]) -> str:
    return listed(span(f"{one.opens:%H:%M}".removeprefix("0"), f"{one.closes:%H:%M}") for one in spans)
