"""申請書をここで書く: one question a screen; then the form waits for its ticket, or for the booking that it is for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from kiosk.entry import ACTS, LOOKS
from kiosk.terminal.choosing import procedures_with_forms
from kiosk.terminal.place import spoken, visitor
from kiosk.terminal.slips import ticket_screen
from kiosk.writing import draft as drafts
from kiosk.writing import screens
from kiosk.writing.draft import Draft
from kiosk.writing.screens import CHOOSING, Question
from models.core.clock import now
from models.core.errors import NotFound
from models.operations import applications, arrivals
from models.operations.idempotency import Key, request_text
from models.queries import applications as found
from models.queries import bookings, catalogue, offices
from models.queries.offices import OfficeView
from models.rules.forms import boxes, validation
from models.rules.forms.from_card import from_card
from models.rules.forms.pages import LEFT_OUT, judged, without_my_number
from models.rules.forms.questions import place_of, questions
from models.rules.forms.steps import Step, add_row, remove_row

blueprint = Blueprint("kiosk_writing", __name__)
SCOPE = "kiosk writing"
ROWS = 8
"""So many lines of the last look stand on one screen."""


@blueprint.route("", methods=["GET", "POST"])
@LOOKS
def choose() -> str:
    """For which procedure is a form to be written?"""
    return procedures_with_forms("kiosk_writing.begin")


@blueprint.post("/begin")
@LOOKS
def begin() -> str:
    """Alone or with hall staff; then the first question."""
    office = offices.office(request.form.get("office", ""))
    procedure, form = request.form.get("procedure", ""), request.form.get("form", "")
    booking, who = request.form.get("booking", ""), request.form.get("who", "")
    forms = _forms_of(procedure, booking)
    if form not in forms:
        form = forms[0]
    card = drafts.card_of(request.form.get("card", ""))
    if who not in ("alone", "helped"):
        words = catalogue.current().forms[form].words
        carried = [("office", office.code), ("procedure", procedure), ("form", form), ("booking", booking)]
        told = [("card", drafts.card_text(card))] if card else []
        return render_template(
            "kiosk/writing/who.html", place=office, words=words, hidden=carried + told, card=card
        )
    draft = drafts.begun(procedure, form, office.code, who == "helped", booking)
    return _first(replace(draft, fields=from_card(draft.definition(), card)))


@blueprint.post("/card")
@LOOKS
def card() -> str:
    """What stands on the face of a card is typed, for the reader beside this terminal; the house never sees it."""
    names = ("office", "procedure", "form", "booking")
    carried = [(name, request.form.get(name, "")) for name in names]
    return render_template(
        "kiosk/writing/card.html", place=offices.office(request.form.get("office", "")), hidden=carried
    )


@blueprint.post("/question")
@LOOKS
def answer() -> str:
    """One answered question: the next one, the one before, the same with what is wrong, or the last look."""
    draft = drafts.read(request.form.get("draft", ""))
    day = _day(draft)
    asked = questions(draft.definition(), screens.answers(draft, draft.definition(), day), day)
    place = place_of(asked, request.form.get("at", ""))
    if place is None:
        return _first(draft)
    step, wish = asked[place], request.form.get("go", "next")
    posted = {box: request.form.getlist(box) for box in request.form if box.startswith(step.asked[0].name)}
    if wish == "sheet":
        return _show(draft, _turned(screens.question(draft, step, day, posted)))
    if wish == "skip":
        return _after(_without(draft, step), step)
    if step.asked[0].widget == "address":
        going_on = _next_part(draft, step, day, posted)
        if going_on is not None:
            return going_on
    return _judge(draft, step, day, posted, wish)


@blueprint.post("/look")
@LOOKS
def look() -> str:
    """The following lines of the last look, or back to the first question."""
    draft = drafts.read(request.form.get("draft", ""))
    return _first(draft) if request.form.get("mend") else _last_look(draft)


@blueprint.post("/file")
@ACTS
def file() -> str:
    """The form is kept: with its booking, or with a number for the line of today."""
    draft = drafts.read(request.form.get("draft", ""))
    form, day = draft.definition(), _day(draft)
    verdict = validation.validate(form, screens.answers(draft, form, day), day)
    if any(error.message.template not in LEFT_OUT for error in verdict.errors):
        return _first(draft)
    kept: dict[str, Any] = verdict.fields if verdict.ok else draft.fields
    if draft.booking:
        applications.save(draft.booking, form.id, kept, ready=verdict.ok, channel=draft.channel)
        booking = bookings.by_token(draft.booking)
        return render_template(
            "kiosk/writing/kept.html", place=booking.office, booking=booking, form=form, complete=verdict.ok
        )
    return _with_ticket(draft, kept, verdict.ok)


def _with_ticket(draft: Draft, kept: dict[str, Any], ready: bool) -> str:
    place, actor = offices.office(draft.office), visitor().actor
    said = request_text([draft.procedure, draft.form, kept])
    written = applications.Written(draft.channel, ready)
    filed = applications.file(
        place, draft.form, kept, key=Key(f"{SCOPE} file {actor}", draft.key, said), written=written
    )
    brought = arrivals.Brought((found.by_token(filed.token),))
    issued = arrivals.issue(
        place,
        [draft.procedure],
        actor,
        spoken(),
        Key(f"{SCOPE} ticket {actor}", draft.key, said),
        brought,
    )
    return ticket_screen(place, issued)


def _judge(draft: Draft, step: Step, day: date, posted: boxes.Boxes, wish: str) -> str:
    form = draft.definition()
    page = judged(form, step, draft.fields, screens.answers(draft, form, day), posted, day)
    if page.errors and wish != "remove":
        shown = screens.question(draft, step, day, without_my_number(step, posted, page.errors), page.errors)
        if shown.part:
            shown = screens.with_part(shown, "hand")
        return _show(draft, shown)
    fields = page.fields
    if wish == "add":
        fields = add_row(step.section, fields)
    elif wish == "remove" and step.row is not None:
        return _first(replace(draft, fields=remove_row(step.section, step.row, draft.fields)))
    return _after(replace(draft, fields=fields), step)


def _next_part(draft: Draft, step: Step, day: date, posted: dict[str, list[str]]) -> str | None:
    """The following part of an address; None behind the last, when the whole of it is judged."""
    part, name = request.form.get("part", "zip"), step.asked[0].name
    chosen = request.form.get("choose_town", "")
    if part not in screens.PARTS:
        return None
    shown = screens.question(draft, step, day, posted)
    if part == "zip" and (only := screens.only_town(shown)) is not None:
        posted = drafts.filled(posted, name, only)
    if part == "town":
        towns = screens.with_part(shown, "town", _sheet()).towns
        if not chosen.isdecimal() or int(chosen) >= len(towns):
            return _show(draft, screens.with_part(shown, "town"))
        posted = drafts.filled(posted, name, towns[int(chosen)])
    following = screens.part_after(shown, part)
    if not following:
        return None
    return _show(draft, screens.with_part(screens.question(draft, step, day, posted), following))


def _after(draft: Draft, step: Step) -> str:
    day = _day(draft)
    asked = questions(draft.definition(), screens.answers(draft, draft.definition(), day), day)
    place = place_of(asked, step.id)
    following = 0 if place is None else place + 1
    if following >= len(asked):
        return _last_look(draft)
    return _show(draft, screens.question(draft, asked[following], day))


def _first(draft: Draft) -> str:
    """The first question, with what was answered so far."""
    day = _day(draft)
    asked = questions(draft.definition(), screens.answers(draft, draft.definition(), day), day)
    return _show(draft, screens.question(draft, asked[0], day))


def _last_look(draft: Draft) -> str:
    form, day = draft.definition(), _day(draft)
    verdict = validation.validate(form, screens.answers(draft, form, day), day)
    rows = screens.lines(draft, day)
    sheet = min(max(0, _sheet()), max(0, -(-len(rows) // ROWS) - 1))
    return render_template(
        "kiosk/writing/look.html",
        place=offices.office(draft.office),
        draft=draft,
        words=form.words,
        rows=rows[sheet * ROWS : (sheet + 1) * ROWS],
        sheet=sheet,
        sheets=max(1, -(-len(rows) // ROWS)),
        complete=verdict.ok,
    )


def _show(draft: Draft, shown: Question) -> str:
    return render_template(
        "kiosk/writing/question.html",
        place=offices.office(draft.office),
        draft=draft,
        q=shown,
        choosing=CHOOSING,
        form_words=draft.definition().words,
    )


def _turned(shown: Question) -> Question:
    """The next or previous five choices."""
    if request.form.get("part") == "town":
        return screens.with_part(shown, "town", _sheet())
    return screens.leaf(shown, _sheet())


def _sheet() -> int:
    text = request.form.get("sheet", "0")
    return int(text) if text.isdecimal() and len(text) < 4 else 0


def _without(draft: Draft, step: Step) -> Draft:
    """The answers without this one: it is written at the counter."""
    empty: dict[str, list[str]] = {}
    form, day = draft.definition(), _day(draft)
    page = judged(form, step, draft.fields, screens.answers(draft, form, day), empty, day)
    return replace(draft, fields=page.fields)


def _forms_of(procedure: str, booking: str) -> list[str]:
    """The forms of a procedure (or of a booking's procedures) that can be written on a screen; `NotFound` for none."""
    known = catalogue.current()
    codes = list(bookings.by_token(booking).procedures) if booking else [procedure]
    forms = [form for code in codes if code in known.procedures for form in known.procedures[code].forms]
    written = [form for form in dict.fromkeys(forms) if not known.forms[form].paper_only]
    if not written:
        raise NotFound
    return written


def _day(draft: Draft) -> date:
    """The day on which the form is handed in."""
    if draft.booking:
        return bookings.by_token(draft.booking).day
    place: OfficeView = offices.office(draft.office)
    return place.day_of(now())
