"""封をして書く: all forms of a visit on one page, sealed on the phone; the server keeps what it cannot read.

A phone that cannot seal (no JavaScript, an old browser) sends the page as it is: it is judged and sealed in memory, and
nothing else of it is kept. The page says which of the two happens.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from models.catalogue.definitions import Form
from models.core.errors import Gone, Invalid
from models.core.messages import Message, _n, message
from models.operations import envelopes
from models.papers import qr, sealed
from models.queries import envelopes as kept
from models.queries import sealing_keys
from models.queries.sealing_policy import seals
from models.rules.forms import boxes, packing, persons, whole
from models.rules.forms.pages import without_my_number
from models.rules.forms.steps import Asked, Step
from web.access import HOLDER
from web.languages import gettext
from web.resident.expired import expired, keep_what_was_typed
from web.resident.form_pages import Drawn, drawn, section_title
from web.resident.my_booking import Visit, show, visit_of
from web.resident.private import keep_private
from web.resident.writing import booked
from web.spelling import words

blueprint = Blueprint("sealing", __name__)
keep_what_was_typed(blueprint)
keep_private(blueprint)
NOTHING = _n("まだ何も書かれていません。書いてから、もう一度お試しください。")
SENTENCES = {
    "missing": _n("「{label}」を入力してください。"),
    "choose": _n("「{label}」を選んでください。"),
    "halves": _n("「{label}」は、氏と名の両方を書いてください。"),
    "date": _n("「{label}」の日付を確かめてください。"),
    "kana": _n("「{label}」は、カタカナで書いてください。"),
    "number": _n("「{label}」は、数字で書いてください。"),
    "long": _n("「{label}」が長すぎます。{most}文字までにしてください。"),
    "letter": _n("「{label}」に使えない文字（{letter}）があります。消すか、別の文字に直してください。"),
    "telephone": _n("「{label}」の電話番号を確かめてください。"),
    "address": _n("「{label}」は、都道府県、市区町村、町名か番地を書いてください。"),
    "zip": _n("郵便番号は、7けたの数字で書いてください。"),
    "my_number": _n("マイナンバー（個人番号）は書かないでください。消してから、もう一度お試しください。"),
    "nothing": NOTHING,
    "too_much": _n("申請書が多すぎて、QRコードに入りません。残りは窓口で書いてください。"),
    "line": _n(
        "電波が届かないため、まだQRコードになっていません。この画面を閉じずに、もう一度押してください。"
    ),
    "refused": _n("QRコードにできませんでした。この画面を開き直して、もう一度お試しください。"),
    "errors": _n("{n}か所を直してください"),
}


@dataclass(frozen=True)
class Placed:
    """A field with the answers under which it is asked (`when`), those under which it is not about who comes
    (`unless`), and what it says of whom (`about`).
    """

    drawn: Drawn
    when: Any
    unless: Any
    about: str


@dataclass(frozen=True)
class Part:
    """A section of a form, or one person in it, as the page draws it."""

    step: Step
    title: Any
    fields: tuple[Placed, ...]


@dataclass(frozen=True)
class Sheet:
    """One form of the visit: what the script needs to pack it, and its parts."""

    form: Form
    mark: str
    plan: packing.Plan
    parts: tuple[Part, ...]


@blueprint.route("/<token>/sealed", methods=["GET", "POST"])
@HOLDER
def page(token: str) -> Response:
    """Write, seal, done; what a script sealed comes in `sealed`, everything else is the page as it was typed."""
    visit = visit_of(token)
    if not visit.booking.live or not visit.online or not seals(visit.booking.office):
        if expired():
            return make_response(show(token))
        return redirect(url_for("my_booking.show", token=token))
    if request.method != "POST":
        return make_response(_page(visit))
    typed = request.form.to_dict(flat=False)
    if expired():
        return make_response(_page(visit, typed), 400)
    found = whole.Read() if "sealed" in typed else _read(visit, typed)
    if found.told or found.proposed:
        return make_response(_page(visit, {**typed, **found.proposed}, found), 422)
    try:
        envelopes.keep(
            token,
            _from_script() if "sealed" in typed else envelopes.for_booking(visit.booking, found.answers),
        )
    except Invalid as refused:
        told = {one.field: one.message for one in refused.problems}
        return make_response(_page(visit, typed, whole.Read(told=told)), 422)
    return redirect(url_for("my_booking.show", token=token), 303)


@blueprint.get("/<token>/sealed/<int:piece>.svg")
@HOLDER
def drawing(token: str, piece: int) -> Response:
    """One of the codes as a drawing."""
    return _code(token, piece, qr.svg(_text(token, piece)).encode(), "svg", "image/svg+xml")


@blueprint.get("/<token>/sealed/<int:piece>.png")
@HOLDER
def photograph(token: str, piece: int) -> Response:
    """One of the codes as a picture to keep on the phone."""
    return _code(token, piece, qr.png(_text(token, piece)), "png", "image/png")


@blueprint.post("/<token>/sealed/delete")
@HOLDER
def delete(token: str) -> Response:
    """Delete what was sealed, at once."""
    if expired():
        return make_response(show(token))
    envelopes.delete_of(token)
    return redirect(url_for("my_booking.show", token=token), 303)


def _from_script() -> bytes:
    try:
        return base64.b64decode(request.form["sealed"], validate=True)
    except (binascii.Error, ValueError):
        return b""


def _read(visit: Visit, typed: boxes.Boxes) -> whole.Read:
    """Every form that was begun, judged; a page on which none was is wrong as a whole."""
    forms = [one.form for one in visit.online]
    found = whole.read(forms, visit.booking.day, typed, booked(visit))
    return found if found.answers else whole.Read(told={"sealed": message(NOTHING)})


def _page(visit: Visit, typed: boxes.Boxes | None = None, found: whole.Read | None = None) -> str:
    booking = visit.booking
    key = sealing_keys.for_day(booking.office, booking.day)
    known = booked(visit)
    told = found.told if found else {}
    sheets = tuple(_sheet(one.form, booking.day, typed or {}, told, known) for one in visit.online)
    return render_template(
        "resident/sealing/page.html",
        visit=visit,
        booking=booking,
        sheets=sheets,
        errors=_named(told, sheets),
        sealing={
            "key": base64.b64encode(key.public).decode(),
            "mark": key.mark.hex(),
            "about": sealing_keys.about(booking.office),
            "booking": booking.reference,
            "most": sealed.LONGEST,
        },
        sentences={name: gettext(text) for name, text in SENTENCES.items()},
        expired=expired(),
        before=kept.of_booking(booking.id),
        proposed=not typed and any(whole.proposes(one.form, booking.day, known) for one in visit.online),
        taken_over=bool(found and found.proposed),
    )


def _named(told: Mapping[str, Message], sheets: Sequence[Sheet]) -> list[tuple[str, Message, Markup | None]]:
    """What is wrong, each with the form that it belongs to where there are several."""
    titles = {one.form.id: words(one.form.words) for one in sheets} if len(sheets) > 1 else {}
    return [(name, text, titles.get(name.partition(".")[0])) for name, text in told.items()]


def _sheet(
    form: Form, day: date, typed: boxes.Boxes, told: Mapping[str, Message], known: Mapping[str, str]
) -> Sheet:
    parts = []
    for step in whole.parts(form, day):
        shown = without_my_number(step, typed, told) if typed else whole.at_first(form, day, known)
        fields = tuple(_placed(form, asked, shown, told) for asked in step.asked)
        parts.append(Part(step, section_title(step), fields))
    return Sheet(form, packing.mark(form), packing.plan(form), tuple(parts))


def _placed(form: Form, asked: Asked, shown: boxes.Boxes, told: Mapping[str, Message]) -> Placed:
    about = " ".join(persons.about(asked.field)) if asked.row is None else ""
    return Placed(_drawn(asked, shown, told), whole.when(asked), whole.unless(form, asked), about)


def _drawn(asked: Asked, shown: boxes.Boxes, told: Mapping[str, Message]) -> Drawn:
    """An address without the hint of a look-up: that would tell the server the postal code."""
    found = drawn(asked, shown, told)
    return replace(found, hint="") if asked.widget == "address" else found


def _text(token: str, piece: int) -> str:
    found = kept.of_booking(visit_of(token).booking.id)
    if found is None or not 1 <= piece <= len(found.codes):
        raise Gone
    return found.codes[piece - 1]


def _code(token: str, piece: int, body: bytes, suffix: str, kind: str) -> Response:
    answer = make_response(body)
    answer.headers["Content-Type"] = kind
    reference = visit_of(token).booking.reference
    answer.headers["Content-Disposition"] = f'inline; filename="{reference}-{piece}.{suffix}"'
    return answer
