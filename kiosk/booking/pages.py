"""時間を予約する: what for, where, which day, which time, who; then a slip with the code to come back with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from flask import Blueprint, render_template, request

from kiosk.booking import draft as drafts
from kiosk.booking.draft import Draft
from kiosk.entry import ACTS, LOOKS
from kiosk.terminal.choosing import choose_procedures, offices_with
from kiosk.terminal.place import spoken, visitor
from kiosk.terminal.slips import booking_screen
from models.core.clock import now
from models.core.errors import FieldProblem, Invalid
from models.core.messages import Message
from models.operations import booking as acts
from models.operations.idempotency import Key
from models.queries import availability, catalogue
from models.queries.bookings import Contact
from models.rules import contact as contact_rules

blueprint = Blueprint("kiosk_booking", __name__)
A_SCREEN = 5
NOON = 12
SCOPE = "kiosk booking"
T = TypeVar("T")


@blueprint.route("", methods=["GET", "POST"])
@LOOKS
def choose() -> str:
    """What for?"""
    return choose_procedures("kiosk_booking.where", whole_city=True)


@blueprint.post("/where")
@LOOKS
def where() -> str:
    """In which building, where several offer it; then the day."""
    codes = request.form.getlist("procedure")
    places = offices_with(codes)
    if len(places) > 1 and not request.form.get("chosen"):
        return render_template("kiosk/booking/where.html", places=places[:A_SCREEN], codes=codes)
    return _days(drafts.read(request.form))


@blueprint.post("/day")
@LOOKS
def day() -> str:
    """Five open days at a time."""
    return _days(drafts.read(request.form))


@blueprint.post("/time")
@LOOKS
def time() -> str:
    """The free times of the chosen day, before and after noon, five at a time."""
    draft = drafts.read(request.form)
    return _times(draft) if draft.day else _days(draft)


@blueprint.post("/name")
@LOOKS
def name() -> str:
    """Who comes? A name in kana."""
    draft = drafts.read(request.form)
    return _who(draft) if draft.starts_at else _days(draft)


@blueprint.post("/phone")
@LOOKS
def phone() -> str:
    """A telephone number, for who wants to leave one."""
    draft = drafts.read(request.form)
    problems = _refused(draft)
    if "name" in problems:
        return _who(draft, problems["name"])
    return render_template("kiosk/booking/phone.html", draft=draft, error=None)


@blueprint.post("/confirm")
@LOOKS
def confirm() -> str:
    """One look at everything before it is decided."""
    draft = drafts.read(request.form)
    if request.form.get("go") == "skip":
        draft = replace(draft, phone="")
    problems = _refused(draft)
    if "name" in problems:
        return _who(draft, problems["name"])
    if "phone" in problems:
        return render_template("kiosk/booking/phone.html", draft=draft, error=problems["phone"])
    return _look(draft)


@blueprint.post("/make")
@ACTS
def make() -> str:
    """Book, once for every draft; a time that filled meanwhile is answered with the nearest free ones."""
    draft = drafts.read(request.form)
    if draft.starts_at is None:
        return _days(draft)
    try:
        who = contact_rules.checked(draft.name, phone=draft.phone, on_paper=True)
    except Invalid:
        return _who(draft)
    wanted = acts.Request(
        draft.place,
        draft.procedures,
        draft.starts_at,
        Contact(who.name, phone=who.phone),
        language=spoken(),
        channel="kiosk",
    )
    try:
        made = acts.book(wanted, Key(f"{SCOPE} {visitor().actor}", draft.key, ""))
    except acts.SlotTaken as taken:
        return _look(draft, taken.alternatives)
    except Invalid:
        return _days(replace(draft, day=None, starts_at=None))
    return booking_screen(made)


def _days(draft: Draft) -> str:
    need = availability.need_of(catalogue.current(), draft.place, draft.procedures)
    first, last = availability.horizon(draft.place, now())
    every = availability.calendar(draft.place, need, first, last, now())
    free = [one for one in every if one.state in ("free", "few")]
    shown, sheet, sheets = _sheet(free)
    return render_template("kiosk/booking/day.html", draft=draft, days=shown, sheet=sheet, sheets=sheets)


def _times(draft: Draft) -> str:
    if draft.day is None:
        return _days(draft)
    need = availability.need_of(catalogue.current(), draft.place, draft.procedures)
    free = [one.starts_at for one in availability.free_times(draft.place, need, draft.day, draft.day, now())]
    if not free:
        return _days(replace(draft, day=None))
    morning = [at for at in free if at.astimezone(draft.place.zone).hour < NOON]
    part = request.form.get("part") or ("morning" if morning else "afternoon")
    times = morning if part == "morning" and morning else [at for at in free if at not in morning]
    shown, sheet, sheets = _sheet(times)
    return render_template(
        "kiosk/booking/time.html",
        draft=draft,
        times=shown,
        part=part,
        both=bool(morning) and len(morning) < len(free),
        sheet=sheet,
        sheets=sheets,
    )


def _who(draft: Draft, error: Message | None = None) -> str:
    return render_template("kiosk/booking/name.html", draft=draft, error=error)


def _look(draft: Draft, alternatives: Sequence[datetime] = ()) -> str:
    known = catalogue.current().procedures
    return render_template(
        "kiosk/booking/confirm.html",
        draft=draft,
        procedures=[known[code] for code in draft.procedures],
        others=[(at, draft.at(at)) for at in alternatives[:3]],
    )


def _refused(draft: Draft) -> dict[str, Message]:
    try:
        contact_rules.checked(draft.name, phone=draft.phone, on_paper=True)
    except Invalid as refused:
        problems: Sequence[FieldProblem] = refused.problems
        return {problem.field: problem.message for problem in problems}
    return {}


def _sheet(every: Sequence[T]) -> tuple[Sequence[T], int, int]:
    """What is shown, on which sheet of how many: all where five keys do, else four and the way to the others."""
    size = A_SCREEN if len(every) <= A_SCREEN else A_SCREEN - 1
    sheets = max(1, -(-len(every) // size))
    text = request.form.get("sheet", "0")
    sheet = min(int(text) if text.isdecimal() and len(text) < 4 else 0, sheets - 1)
    return every[sheet * size : (sheet + 1) * size], sheet, sheets
