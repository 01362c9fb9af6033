"""予約枠: change hours, a closed day or a capacity: look first, then do it, or leave it to a second administrator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import groupby
from urllib.parse import urlencode

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import FieldProblem, Invalid, NotFound
from models.core.messages import Message, _n, message
from models.operations import slot_changes as acts
from models.operations.slot_changes import OtherWorld, SecondPerson
from models.queries import catalogue, offices, slots
from models.queries.offices import OfficeView
from models.queries.slots import Preview, ProposalView
from models.rules import mynumber, slot_times
from models.rules.slot_changes import (
    CAPACITY,
    CLOSE,
    DAYS,
    FAR,
    HIGH,
    HOURS,
    LASTING,
    MANY,
    PAST,
    TIMES,
    WEEK,
    Change,
    Effect,
)
from web.access import ADMINISTRATOR, visitor
from web.admin import hours_asked, hours_shown, slot_history
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext

blueprint = Blueprint("slots", __name__)
KINDS = {
    CLOSE: (_n("閉庁にする"), _n("その日は予約を受けません。")),
    HOURS: (_n("その日だけの開庁時間にする"), _n("休みの日を開くときも、これを選びます。")),
    CAPACITY: (_n("業務の定員を変える"), _n("公開ずみの枠だけが変わります。")),
    TIMES: (_n("予約を受ける時刻を変える"), _n("時刻は「予約枠の提案」で作ります。")),
    DAYS: (_n("その日の時間をもどす"), _n("閉庁や特別な時間を取りやめます。")),
    WEEK: (_n("曜日ごとの開庁時間を変える"), _n("その日から後の予約枠が変わります。")),
}
TYPED = (CLOSE, HOURS, CAPACITY)
"""What the form offers; times come from a proposal."""
REASONS = {
    MANY: _n("変わる枠がとても多い"),
    PAST: _n("過ぎた日が入っている"),
    FAR: _n("半年より先の日が入っている"),
    HIGH: _n("定員がいつもよりとても多い"),
    LASTING: _n("これから公開する日にも続く"),
}
FIELDS = (
    "office",
    "kind",
    "first",
    "last",
    "opens",
    "closes",
    "queue",
    "capacity",
    "reason",
    "times",
    "lasting",
    "week",
    "back",
)
SHOWN_ROWS = 80
BAD_TIMES = _n("予約の時刻を読めません。予約枠の提案から、もう一度開いてください。")
BAD_DAY = _n("日を選んでください。")
BAD_TIME = _n("時刻を選んでください。")
BAD_OFFICE = _n("庁舎を選んでください。")
DONE = _n("{office}の予約枠を変えました。変わった枠は{n}です。")
PROPOSED = _n("提案しました。別の管理者が確かめると、枠が変わります。")
DROPPED = _n("提案を下げました。")


@dataclass(frozen=True)
class DayLine:
    """What happens to one queue on one day: slots by kind, places before and after, places that are taken."""

    day: date
    queue: str
    appear: int
    vanish: int
    grow: int
    shrink: int
    before: int
    after: int
    taken: int


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """What waits for a second person, whom to contact, and the form."""
    return _page()


@blueprint.get("/preview")
@ADMINISTRATOR
def preview() -> str | Response:
    """What a change would do; nothing is changed."""
    try:
        place, change = _read(request.args)
        found = slots.preview(place, change, place.day_of(now()))
    except Invalid as refused:
        return _refused(refused, request.args)
    return _preview(place, found)


@blueprint.post("/")
@ADMINISTRATOR
def change() -> Response:
    """Do what was previewed, or propose it where a second person is needed."""
    digest, actor = request.form.get("digest", ""), visitor().actor
    try:
        place, wanted = _read(request.form)
        if request.form.get("way") == "propose":
            acts.propose(place, wanted, digest, actor)
            flash(gettext(PROPOSED), "done")
        else:
            done = acts.change(place, wanted, digest, actor)
            flash(gettext(DONE, office=place.name, n=len(done.effects)), "done")
    except Invalid as refused:
        return _refused(refused, request.form)
    except (OtherWorld, SecondPerson) as refused:
        flash(gettext(refused.message.template), "warning")
        sent = {name: request.form.get(name, "") for name in FIELDS}
        asked = urlencode(
            {name: "" if mynumber.contains_my_number(text) else text for name, text in sent.items()}
        )
        return redirect(url_for("slots.preview") + f"?{asked}", 303)
    if wanted.kind in (DAYS, WEEK):
        return redirect(url_for("hours.page", office=place.code), 303)
    return redirect(url_for("slots.page"), 303)


@blueprint.get("/proposals/<int:proposal>")
@ADMINISTRATOR
def proposed(proposal: int) -> str:
    """A change that waits, as it would be done now."""
    waiting = _waiting(proposal)
    found = slots.preview(waiting.office, waiting.change, waiting.office.day_of(now()))
    return _preview(waiting.office, found, waiting)


@blueprint.post("/proposals/<int:proposal>/confirm")
@ADMINISTRATOR
def confirm(proposal: int) -> Response:
    """Do what somebody else proposed."""
    waiting = _waiting(proposal)
    try:
        done = acts.confirm(proposal, request.form.get("digest", ""), visitor().actor)
    except (OtherWorld, SecondPerson) as refused:
        flash(gettext(refused.message.template), "warning")
        return redirect(url_for("slots.proposed", proposal=proposal), 303)
    flash(gettext(DONE, office=waiting.office.name, n=len(done.effects)), "done")
    return redirect(url_for("slots.page"), 303)


@blueprint.post("/proposals/<int:proposal>/drop")
@ADMINISTRATOR
def drop(proposal: int) -> Response:
    """Put a proposal away."""
    acts.drop(proposal, visitor().actor)
    flash(gettext(DROPPED), "done")
    return redirect(url_for("slots.page"), 303)


def _refused(refused: Invalid, typed: Mapping[str, str]) -> Response:
    wrong = {problem.field: problem.message for problem in refused.problems}
    return make_response(_page(wrong, typed), 422)


def _waiting(proposal: int) -> ProposalView:
    for one in slots.proposals():
        if one.id == proposal:
            return one
    raise NotFound


def _read(sent: Mapping[str, str]) -> tuple[OfficeView, Change]:
    """The office and the change as they were sent; `Invalid` names what cannot be read."""
    problems: list[FieldProblem] = []
    kind = sent.get("kind", "")
    first = _day(sent, "first", problems) if kind != hours_asked.BACK else None
    last = _day(sent, "last", problems) if sent.get("last") else first
    opens, closes = (_time(sent, name, problems) if kind == HOURS else None for name in ("opens", "closes"))
    place = next((one for one in offices.offices() if one.code == sent.get("office")), None)
    if place is None:
        problems.append(FieldProblem("office", message(BAD_OFFICE)))
    times = slot_times.read(sent.get("times", "")) if kind == TIMES else ()
    if times is None:
        problems.append(FieldProblem("times", message(BAD_TIMES)))
    if place is not None and not problems and kind in hours_asked.KINDS:
        return place, hours_asked.read(place, sent, first, last)
    if problems or times is None or place is None or first is None or last is None:
        raise Invalid(problems)
    places = sent.get("capacity", "").strip()
    number = int(places) if kind == CAPACITY and places.isdecimal() and len(places) <= 6 else None
    queue = sent.get("queue", "") if kind in (CAPACITY, TIMES) else ""
    reason = "" if kind in (CAPACITY, TIMES) else sent.get("reason", "").strip()
    lasting = kind == TIMES and bool(sent.get("lasting"))
    return place, Change(kind, first, last, reason, opens, closes, queue, number, times, lasting)


def _day(sent: Mapping[str, str], name: str, problems: list[FieldProblem]) -> date | None:
    try:
        return date.fromisoformat(sent.get(name, ""))
    except ValueError:
        problems.append(FieldProblem(name, message(BAD_DAY)))
        return None


def _time(sent: Mapping[str, str], name: str, problems: list[FieldProblem]) -> time | None:
    try:
        return time.fromisoformat(sent.get(name, "")).replace(tzinfo=None)
    except ValueError:
        problems.append(FieldProblem(name, message(BAD_TIME)))
        return None


def _page(wrong: Mapping[str, Message] | None = None, typed: Mapping[str, str] | None = None) -> str:
    every = offices.offices()
    contacts = [(one, slots.without_place(one, one.day_of(now()))) for one in every]
    return render_template(
        "admin/slots.html",
        sections=sections("slots.page"),
        person=name_of_visitor(),
        offices=every,
        queues=list(catalogue.current().queues.values()),
        kinds=KINDS,
        offered_kinds=TYPED,
        own_times=_own_times(every),
        proposals=slots.proposals(),
        reasons=REASONS,
        history=slot_history.history(),
        moment=moment,
        contacts=[(place, found) for place, found in contacts if found],
        wrong=wrong or {},
        typed={name: text for name, text in (typed or {}).items() if not mynumber.contains_my_number(text)},
    )


def _own_times(places: Sequence[OfficeView]) -> list[tuple[OfficeView, str, str]]:
    """The queues that have times of their own, each with the preview of giving them up."""
    found = []
    for place in places:
        tomorrow = place.day_of(now()) + timedelta(days=1)
        last = slots.last_published(place) or tomorrow
        planner = slots.Planner(place)
        for queue in planner.queues:
            if any(planner.times(queue, tomorrow + timedelta(days=offset)) for offset in range(7)):
                asked = {"office": place.code, "kind": TIMES, "queue": queue, "first": tomorrow, "last": last}
                address = f"{url_for('slots.preview')}?{urlencode({**asked, 'lasting': '1'})}"
                found.append((place, queue, address))
    return found


def _preview(place: OfficeView, found: Preview, waiting: ProposalView | None = None) -> str:
    lines = _lines(found.effects)
    seen = hours_shown.seen(place, found.change)
    return render_template(
        "admin/slot_preview.html",
        sections=sections("hours.page" if found.change.kind in (DAYS, WEEK) else "slots.page"),
        person=name_of_visitor(),
        place_shown=place,
        found=found,
        lines=lines[:SHOWN_ROWS],
        more=len(lines) - SHOWN_ROWS,
        queues=catalogue.current().queues,
        seen=seen,
        nothing=not (lines or found.change.lasting or any(before != after for _, before, after in seen)),
        kinds=KINDS,
        reasons=REASONS,
        fields={name: request.args.get(name, "") for name in FIELDS},
        waiting=waiting,
        mine=waiting is not None and waiting.proposed_by == visitor().actor,
        changed=waiting is not None and waiting.digest != found.digest,
    )


def _lines(effects: Sequence[Effect]) -> list[DayLine]:
    by_day = sorted(effects, key=lambda one: (one.day, one.queue))
    return [_line(*key, list(group)) for key, group in groupby(by_day, key=lambda one: (one.day, one.queue))]


def _line(day: date, queue: str, effects: Sequence[Effect]) -> DayLine:
    kinds = Counter(one.kind for one in effects)
    before = sum(one.before or 0 for one in effects)
    after, taken = sum(one.after for one in effects), sum(one.taken for one in effects)
    return DayLine(
        day,
        queue,
        kinds["appears"],
        kinds["vanishes"],
        kinds["grows"],
        kinds["shrinks"],
        before,
        after,
        taken,
    )
