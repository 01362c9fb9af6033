"""窓口の画面: choose a place, call, start, finish, give out numbers; every step is a POST and a redirect."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.catalogue.definitions import Procedure, Queue
from models.core.clock import now
from models.core.errors import DomainError, Invalid, NotFound
from models.core.messages import Message, _n, message
from models.operations import arrivals, calling
from models.operations.calling import STATE_WORDS
from models.operations.idempotency import Key, request_text
from models.queries import applications, call_order, catalogue, line, offices
from models.queries.line import TicketView
from models.rules.search import find_procedures
from models.rules.ticket_states import Action, allowed
from web.access import COUNTER, DESK, visitor
from web.counter import place as places
from web.counter import reading, screen
from web.counter.place import Elsewhere, Place, here
from web.languages import gettext

blueprint = Blueprint("desk", __name__)
blueprint.context_processor(screen.person)
AT_DESK: tuple[Action, ...] = ("start", "recall", "finish", "no_show")
IN_LINE: tuple[Action, ...] = ("call", "return", "cancel")
NOBODY_WAITS = _n("待っている人はいません。")
NO_SHOW = _n("{number}を「いなかった」にしました。戻ってきたら、右の一覧から列に戻せます。")
CANCELLED = _n("{number}を取り消しました。")
RETURNED = _n("{number}を列に戻しました。")
FINISHED = _n("{number}を終了しました。")
DONE: dict[Action, str] = {"no_show": NO_SHOW, "cancel": CANCELLED, "return": RETURNED, "finish": FINISHED}


@blueprint.errorhandler(Elsewhere)
def ask_for_place(_: Elsewhere) -> Response:
    """Where nobody said which counter this is, that is asked first."""
    return redirect(url_for("desk.place"), 303)


@blueprint.get("/")
@DESK
def page() -> str:
    """The desk, with what a scan of this tab showed."""
    where, slip = here(), request.args.get("scan", "")
    if not slip:
        return screen.desk_page(where)
    try:
        return screen.desk_page(where, reading=reading.again(where, slip, contents=places.handles()))
    except DomainError as problem:
        return screen.desk_page(where, refused=screen.told(problem.message))


@blueprint.get("/place")
@DESK
def place() -> str:
    """Which office and counter is this?"""
    return _place_page()


@blueprint.post("/place")
@DESK
def choose_place() -> Response | tuple[str, int]:
    """Keep the office and the counter for this session."""
    office, _, number = request.form.get("place", "").partition("/")
    try:
        places.choose(office, number)
    except (Invalid, NotFound):
        return _place_page(places.WHICH_COUNTER), 422
    return redirect(url_for("desk.page"), 303)


@blueprint.post("/next")
@COUNTER
def call_next() -> Response:
    """Call the next one, after finishing the present ticket where its number is sent along."""
    where, number = here(), request.form.get("finish", "")

    def go_on() -> str:
        if number:
            calling.step(where.office, number, "finish", visitor().actor, where.number)
        called = calling.call_next(where.office, where.number or "", visitor().actor)
        return "" if called else gettext(NOBODY_WAITS)

    return _back(go_on)


@blueprint.post("/tickets/<number>/<action>")
@DESK
def step(number: str, action: str) -> Response:
    """One step of one ticket; what the state forbids is said on the desk."""
    where, chosen = here(), cast("Action", action.replace("-", "_"))
    if chosen not in (*AT_DESK, *IN_LINE) or (chosen not in ("return", "cancel") and not where.number):
        raise NotFound

    def go_on() -> str:
        calling.step(where.office, number, chosen, visitor().actor, where.number)
        return screen.told(message(DONE[chosen], number=number)) if chosen in DONE else ""

    return _back(go_on)


@blueprint.get("/tickets/new")
@DESK
def new_ticket() -> str:
    """Give a walk-in a number: for which procedures?"""
    return _new_ticket_page(here(), request.args.getlist("procedure"))


@blueprint.post("/tickets")
@DESK
def issue() -> Response | tuple[str, int]:
    """Give the number out, once for every opened page."""
    where, chosen = here(), request.form.getlist("procedure")
    key = Key(f"desk ticket {visitor().actor}", request.form.get("key", "")[:64], request_text(chosen))
    try:
        issued = arrivals.issue(where.office, chosen, visitor().actor, key=key)
    except Invalid as refused:
        return _new_ticket_page(where, chosen, screen.told(refused.problems[0].message)), 422
    return redirect(url_for("desk.ticket", number=issued.number, new=1), 303)


@blueprint.get("/tickets/<number>")
@DESK
def ticket(number: str) -> str:
    """One of today's tickets: its history, what came with it, and what can be done."""
    where = here()
    today = where.office.day_of(now())
    found = line.by_number(where.office, today, number)
    return render_template(
        "counter/ticket.html",
        where=where,
        ticket=found,
        new=request.args.get("new"),
        what=screen.procedures_of(catalogue.current(), found),
        state=STATE_WORDS[found.state],
        ahead=len(call_order.ahead_of(where.office, today, found, now())),
        timeline=screen.timeline(where, line.events(found)),
        forms=[one.definition().words.ja for one in applications.of_ticket(found.id)],
        actions=_actions(where, found),
    )


def _actions(where: Place, found: TicketView) -> list[Action]:
    """The steps that this visitor may take from here with a ticket that is not on the desk."""
    mine: tuple[Action, ...] = IN_LINE if where.number else ("return", "cancel")
    return [one for one in mine if allowed(one, found.state)]


def _back(act: Callable[[], str]) -> Response:
    """Do it and show the desk again; a refusal is said there and nothing is half-done."""
    try:
        said, kind = act(), "done"
    except NotFound:
        raise
    except DomainError as problem:
        said, kind = screen.told(problem.message), "warning"
    if said:
        flash(said, kind)
    return redirect(url_for("desk.page"), 303)


def _place_page(error: str = "") -> str:
    choices = [(office, offices.counters_of(office)) for office in places.offices_of_visitor()]
    return render_template(
        "counter/place.html", choices=choices, handles=places.handles(), error=error, queues=_queues()
    )


def _queues() -> dict[str, Queue]:
    return dict(catalogue.current().queues)


def _new_ticket_page(where: Place, chosen: list[str], error: str | Message = "") -> str:
    known, wanted = catalogue.current(), request.args.get("q", "").strip()
    offered = set(offices.procedures_of(where.office))
    found = find_procedures(known, wanted) if wanted else tuple(known.procedures.values())
    groups: dict[str, list[Procedure]] = {}
    for one in sorted(found, key=lambda item: -item.yearly_volume):
        if one.code in offered:
            groups.setdefault(one.queue, []).append(one)
    return render_template(
        "counter/new_ticket.html",
        groups=[(known.queues[code], groups[code]) for code in known.queues if code in groups],
        wanted=wanted,
        chosen=chosen,
        error=error,
        key=secrets.token_urlsafe(16),
    )
