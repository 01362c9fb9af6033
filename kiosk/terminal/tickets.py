"""番号札をとる: what for, in which building where this one does not do it, and the number itself."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from kiosk.entry import ACTS, LOOKS
from kiosk.terminal.choosing import choose_procedures, offices_with, procedures
from kiosk.terminal.place import here, spoken, visitor
from kiosk.terminal.slips import ticket_screen
from models.core.clock import now
from models.core.errors import Conflict, Invalid, invalid
from models.core.messages import _n, message
from models.core.tokens import is_token, new_token
from models.operations import arrivals
from models.operations.arrivals import Brought
from models.operations.idempotency import Key, request_text
from models.queries import live, offices
from models.queries.availability import NO_PROCEDURE
from models.queries.offices import OfficeView, week_of

blueprint = Blueprint("kiosk_tickets", __name__)
SCOPE = "kiosk ticket"
A_SCREEN = 5
NOWHERE = _n(
    "この用件を1か所で受け付ける庁舎が、きょうはありません。用件を分けるか、時間を予約してください。"
)


@blueprint.route("/", methods=["GET", "POST"])
@LOOKS
def what_for() -> str:
    """What for? Where no office gives out numbers any more today, that is said before anybody chooses."""
    if not any(_gives_numbers(one) for one in offices.offices()):
        return _over()
    return choose_procedures("kiosk_tickets.where", whole_city=True)


@blueprint.post("/where")
@LOOKS
def where() -> str:
    """Here, if this office does all of it; otherwise the choice of another building that is open today."""
    chosen = procedures(request.form.getlist("procedure"))
    if not chosen:
        raise invalid("procedure", NO_PROCEDURE)
    codes = [one.code for one in chosen]
    able = [one for one in offices_with(codes) if one.id == here().id or _open_today(one)]
    places = [one for one in able if _gives_numbers(one)]
    if able and not places:
        return _over()
    if not places:
        raise Conflict(NOWHERE)
    if places[0].id == here().id or len(places) == 1 and request.form.get("seen"):
        return _ask(places[0], codes)
    return render_template("kiosk/tickets/where.html", places=places[:A_SCREEN], chosen=chosen)


@blueprint.post("/confirm")
@LOOKS
def confirm() -> str:
    """One look before the number is given out."""
    codes = [one.code for one in procedures(request.form.getlist("procedure"))]
    return _ask(offices.office(request.form.get("office", "")), codes)


@blueprint.post("/take")
@ACTS
def take() -> str:
    """A number, once for every time the question was put."""
    place = offices.office(request.form.get("office", ""))
    codes = [one.code for one in procedures(request.form.getlist("procedure"))]
    priority = request.form.get("priority") == "1"
    minted = request.form.get("key", "")
    if not is_token(minted):
        raise Invalid([])
    said = request_text([place.code, codes])
    key = Key(f"{SCOPE} {visitor().actor}", minted, said)
    brought = Brought(priority=priority)
    issued = arrivals.issue(place, codes, visitor().actor, spoken(), key, brought)
    return ticket_screen(place, issued)


def _ask(place: OfficeView, codes: list[str]) -> str:
    chosen = procedures(codes)
    if not chosen:
        raise invalid("procedure", NO_PROCEDURE)
    return render_template("kiosk/tickets/confirm.html", office=place, chosen=chosen, key=new_token())


def _over() -> str:
    return render_template("kiosk/tickets/over.html", why=message(arrivals.STOPPED))


def _gives_numbers(place: OfficeView) -> bool:
    return not live.state(place, now()).stopped


def _open_today(place: OfficeView) -> bool:
    return bool(week_of(place).on(place.day_of(now())))
