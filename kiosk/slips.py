"""印刷: what the terminal's page needs to have a slip printed by the agent beside it, and what it tells of that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, render_template, request

from kiosk.entry import ACTS, LOOKS
from kiosk.terminal.place import here, visitor
from kiosk.terminal.slips import base
from models.core.clock import now
from models.core.errors import DomainError, Forbidden, invalid
from models.core.messages import Message, _n
from models.operations import slips
from models.operations.slips import For
from models.papers.slip import SlipData
from models.queries import bookings, holder, slip_words
from models.queries.leases import letters_of
from models.queries.slip_words import SlipWords
from models.queries.slips import SlipView

blueprint = Blueprint("kiosk_slips", __name__)
BAD = _n("送られた内容を読めませんでした。")


@blueprint.get("/printer")
@LOOKS
def printer() -> str:
    """Whoever sets a terminal up gives it its printer here, and tries it."""
    letter = letters_of(here())[0]
    slip = _said(slip_words.blank(here(), letter, base(), now()))
    return render_template("kiosk/printer.html", slip=replace(slip, headline=f"{letter}000").as_json())


@blueprint.post("/slips")
@ACTS
def ask() -> Response:
    """A print of the slip of a fresh `ticket` or `booking` (its token), with everything that stands on it."""
    words, whose = _asked()
    job = slips.ask(here(), _device(), whose, visitor().actor)
    slip = _said(words)
    return jsonify(**_shown(job), slip=slip.as_json())


@blueprint.post("/slips/<int:number>/report")
@ACTS
def report(number: int) -> Response:
    """How it goes: printing, printed, failed, unclear (the agent says so), again, here, left (the person does)."""
    place, device, actor = here(), _device(), visitor().actor
    state, problem = request.form.get("state", ""), request.form.get("problem", "")
    if state == "printing":
        job = slips.claim(place, device, number, actor)
    elif state == "again":
        job = slips.again(place, number, actor, device)
    elif state == "here":
        job = slips.confirm(place, number, actor, device)
    elif state == "left":
        job = slips.drop(place, number, actor, device)
    else:
        job = slips.report(place, device, number, state, actor, problem)
    return jsonify(_shown(job))


@blueprint.errorhandler(DomainError)
def refused(problem: DomainError) -> tuple[Response, int]:
    """A refusal as the page's script reads it: the job's real state where there is one."""
    about = {name: problem.extra[name] for name in ("state", "problem") if name in problem.extra}
    return jsonify(kind=problem.kind, message=_say(problem.message), **about), problem.status


def blanks() -> dict[str, dict[str, Any]]:
    """What can be printed while the line is cut, by ticket letter: the page fills in number, instant and token."""
    place = here()
    return {
        letter: _said(slip_words.blank(place, letter, base(), now())).as_json()
        for letter in letters_of(place)
    }


def _asked() -> tuple[SlipWords, For]:
    ticket, booking = request.form.get("ticket", ""), request.form.get("booking", "")
    if ticket:
        return slip_words.of_ticket(ticket, base(), now()), For(visit_id=holder.opened(ticket).visit_id)
    if booking:
        return slip_words.of_booking(booking), For(booking_id=bookings.by_token(booking).id)
    raise invalid("ticket", BAD)


def _device() -> int:
    found = visitor().number
    if found is None:
        raise Forbidden
    return found


def _shown(job: SlipView) -> dict[str, Any]:
    """`key` is the agent's name of the job: it stays the same over every try and differs after a new installation."""
    return {
        "job": job.id,
        "key": f"{job.id}-{int(job.asked_at.timestamp())}",
        "state": job.state,
        "problem": job.problem,
    }


def _said(words: SlipWords) -> SlipData:
    """In the language that the screen speaks."""
    current: Any = current_app.jinja_env.globals["language"]
    return slip_words.said(words, str(g.municipality.name), str(current().code), _say)


def _say(text: Message) -> str:
    filters = current_app.jinja_env.filters
    return str(filters["plain"](filters["say"](text)))
