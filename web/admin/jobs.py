"""自動の仕事: what happens by itself, whether it did, and asking for one of them now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.messages import _n
from models.operations import jobs as acts
from models.queries import crossing, jobs
from models.queries.jobs import JobState, RunView
from models.rules.periods import ZONE
from models.rules.sides import stands
from models.rules.timetable import FAILED, OFTEN
from web.access import ADMINISTRATOR, visitor
from web.admin import job_words
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext
from web.presentation import clock_time, day_and_month, western_date

blueprint = Blueprint("jobs", __name__)
SHOWN_RUNS = 60
WILL_RUN = _n("「{job}」を頼みました。1分以内に始まります。")
RUNS_ALREADY = _n("「{job}」はいま動いています。終わってから、もう一度頼んでください。")


@dataclass(frozen=True)
class JobLine:
    """One job with all that is shown of it."""

    job: str
    name: str
    promise: str
    when: str
    state: JobState

    @property
    def mood(self) -> str:
        """`bad` where somebody must look, else empty."""
        return "late" if self.state.trouble else ""


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """Every job, the newest runs, and the scheduler."""
    at = now()
    found = jobs.lease()
    return render_template(
        "admin/jobs.html",
        sections=sections("jobs.page"),
        person=name_of_visitor(),
        lines=[_line(state) for state in jobs.job_states(at)],
        often=[
            (_often(one.job), job_words.when_of(one)) for one in OFTEN if stands(one.side, crossing.side())
        ],
        often_troubles=[
            run for run in jobs.history(job=None, failed=True) if run.period == jobs.OFTEN_PERIOD
        ],
        lease=found,
        alive=found is not None and found.until > at,
        runs=jobs.history(SHOWN_RUNS),
        words=job_words,
        moment=moment,
        took=took,
    )


@blueprint.post("/<entry>/run")
@ADMINISTRATOR
def ask(entry: str) -> Response:
    """Ask the scheduler to run a job's newest period now, also where it was done already."""
    asked = acts.ask(entry, visitor().actor)
    flash(
        gettext(WILL_RUN if asked else RUNS_ALREADY, job=job_words.name_of(entry)),
        "done" if asked else "warning",
    )
    return redirect(url_for("jobs.page"), 303)


def moment(at: datetime | None) -> str:
    """An instant as date and time in Japan: 11月26日（木） 0:05, its year too where it is another; a dash for None."""
    if at is None:
        return "—"
    day = at.astimezone(ZONE).date()
    same_year = day.year == now().astimezone(ZONE).year
    return f"{day_and_month(day) if same_year else western_date(day)} {clock_time(at)}"


def took(run: RunView) -> str:
    """How long a run took: 3秒, 12分; empty while it runs."""
    if run.finished_at is None or run.state == FAILED:
        return ""
    seconds = max(0, round((run.finished_at - run.started_at).total_seconds()))
    return gettext("{n}秒", n=seconds) if seconds < 120 else gettext("{n}分", n=seconds // 60)


def _line(state: JobState) -> JobLine:
    job = state.entry.job
    return JobLine(
        job, job_words.name_of(job), job_words.promise_of(job), job_words.when_of(state.entry), state
    )


def _often(job: str) -> tuple[str, str]:
    return job_words.name_of(job), job_words.promise_of(job)
