"""点検: what is wrong with this installation, what to do, and a button where mending loses nothing."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import NotFound
from models.core.messages import _n
from models.operations import diagnosis, jobs, ways
from models.queries import undelivered
from models.queries import ways as known_ways
from models.rules.channels import WAYS
from models.rules.findings import Finding
from models.rules.timetable import ENTRIES
from web.access import ADMINISTRATOR, visitor
from web.account import security
from web.admin import finding_words, job_words, notice_words
from web.admin.finding_words import Words
from web.admin.jobs import RUNS_ALREADY, WILL_RUN, moment
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext

blueprint = Blueprint("doctor", __name__)
SLOTS, JOB, WAY = "slots", "job", "way"
COUNTED = _n("予約枠{n}個を数え直しました。")
NOTHING_WRONG = _n("合わない枠は、もうありませんでした。")
OPENED = _n("{way}をもう一度開きました。待っているお知らせは、1分ほどで送り始めます。")
AGAIN = _n("送り方の変更の前に、もう一度サインインしてください。")


@dataclass(frozen=True)
class Way:
    """Where a line's button leads: to the confirmation of a mend, or to the page on which it can be mended."""

    text: str
    href: str


@dataclass(frozen=True)
class Line:
    """One finding as it is shown."""

    words: Words
    problem: str
    go: Way | None


@dataclass(frozen=True)
class Mend:
    """What a mend will do, before it is done."""

    title: str
    steps: tuple[str, ...]
    button: str


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """What a quick look finds; with `whole` also what takes a while to look at."""
    whole = request.args.get("whole") == "true"
    return render_template(
        "admin/doctor.html",
        sections=sections("doctor.page"),
        person=name_of_visitor(),
        lines=[_line(one) for one in diagnosis.of_city(g.municipality, whole)],
        alone=diagnosis.alone(),
        whole=whole,
        at=moment(now()),
    )


@blueprint.get("/mend")
@ADMINISTRATOR
def ask() -> str:
    """What a mend will do, with the button that does it."""
    what, which = _asked()
    return render_template(
        "admin/doctor_mend.html",
        sections=sections("doctor.page"),
        person=name_of_visitor(),
        mend=_mend(what, which),
        what=what,
        which=which,
    )


@blueprint.post("/mend")
@ADMINISTRATOR
def mend() -> Response:
    """Mend one thing; each row that is mended stands in the audit."""
    what, which = _asked()
    if what == SLOTS:
        count = diagnosis.recount(visitor().actor)
        flash(gettext(COUNTED, n=count) if count else gettext(NOTHING_WRONG), "done")
        return redirect(url_for("doctor.page", whole="true"), 303)
    if what == JOB:
        begins = jobs.ask(which, visitor().actor)
        said = gettext(WILL_RUN if begins else RUNS_ALREADY, job=job_words.name_of(which))
        flash(said, "done" if begins else "warning")
        return redirect(url_for("doctor.page"), 303)
    if not security.is_fresh():
        flash(gettext(AGAIN), "warning")
        back = url_for("doctor.ask", what=what, which=which).removeprefix(request.script_root)
        return redirect(url_for("sign_in.page", next=back), 303)
    ways.open_again(which, visitor().actor)
    flash(gettext(OPENED, way=notice_words.way_name(which)), "done")
    return redirect(url_for("doctor.page"), 303)


def _asked() -> tuple[str, str]:
    """What is to be mended, and which of it; `NotFound` for what cannot be mended here."""
    what, which = request.values.get("what", ""), request.values.get("which", "")
    if what == SLOTS or (what == JOB and which in ENTRIES) or (what == WAY and which in _reopenable()):
        return what, which
    raise NotFound


def _reopenable() -> tuple[str, ...]:
    """Ways of this side that can be opened with what was kept of them."""
    here = "ways.page" in current_app.view_functions
    return tuple(name for name in WAYS if here and not known_ways.way(name).open and ways.kept(name))


def _line(found: Finding) -> Line:
    return Line(finding_words.said(found), finding_words.problem_of(found), _go(found))


def _go(found: Finding) -> Way | None:
    """Where a finding can be mended without loss, else None."""
    if found.kind == "wrong_slots":
        return Way(gettext("予約を数え直す"), url_for("doctor.ask", what=SLOTS))
    if found.kind in ("job_failed", "job_overdue") and found.values["job"] in ENTRIES:
        return Way(gettext("もう一度行う"), url_for("doctor.ask", what=JOB, which=found.values["job"]))
    if found.kind in ("stranded", "stranded_mail"):
        if found.values["way"] in _reopenable():
            return Way(gettext("もう一度開く"), url_for("doctor.ask", what=WAY, which=found.values["way"]))
        return _page(gettext("送り方を決める"), "ways.page")
    return _page(gettext("様式のページを開く"), "form_design.page") if found.kind == "own_form" else None


def _page(text: str, endpoint: str) -> Way | None:
    return Way(text, url_for(endpoint)) if endpoint in current_app.view_functions else None


def _mend(what: str, which: str) -> Mend:
    if what == SLOTS:
        return Mend(
            gettext("予約枠を数え直します"),
            (
                gettext("予約、案内中の枠、空いた枠から、枠ごとの埋まった数を数え直します。"),
                gettext("予約はなくなりません。枠より予約が多いところは、新しい予約を受けません。"),
                gettext("直した枠は、1つずつ監査記録に残ります。"),
            ),
            gettext("数え直す"),
        )
    if what == JOB:
        return Mend(
            gettext("「{job}」をもう一度行います", job=job_words.name_of(which)),
            (
                job_words.promise_of(which),
                gettext("すでに済んだところは、もう一度行っても変わりません。"),
                gettext("1分以内に始まります。頼んだことは、監査記録に残ります。"),
            ),
            gettext("もう一度行う"),
        )
    return Mend(
        gettext("{way}をもう一度開きます", way=notice_words.way_name(which)),
        (
            gettext("前に決めた送り先と鍵を、そのまま使います。"),
            gettext(
                "待っているお知らせ{n}通を、1分ほどで送り始めます。", n=undelivered.stranded().get(which, 0)
            ),
            gettext("開いたことは、監査記録に残ります。"),
        ),
        gettext("もう一度開く"),
    )
