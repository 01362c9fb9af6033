"""番号札: give a walk-in a number for a whole set of procedures; one of today's tickets with all that can be done."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.catalogue.definitions import Procedure
from models.core.clock import now
from models.core.errors import DomainError, Invalid
from models.core.messages import Message
from models.operations import arrivals
from models.operations.arrivals import Brought
from models.operations.calling import STATE_WORDS
from models.operations.idempotency import Key, request_text
from models.queries import applications, call_order, catalogue, line, offices, undoing
from models.queries.line import TicketView
from models.rules import mynumber
from models.rules.search import find_procedures
from models.rules.ticket_states import Action, allowed
from web.access import DESK, visitor
from web.counter import handing, stay
from web.counter.desk import ANYWHERE
from web.counter.door import opened, told
from web.counter.place import Place, here
from web.counter.waiting import why
from web.reading import BY_CODE, LANGUAGES

blueprint = opened("numbers")
AT_COUNTER: tuple[Action, ...] = ("call", "deliver", "resume", "finish", "no_show", *ANYWHERE)
"""Steps that a counter takes with a ticket which is not the one at its desk."""


@dataclass(frozen=True)
class Wanted:
    """What was chosen for a new number: procedures, priority, the language to call in, and what was searched for."""

    procedures: tuple[str, ...]
    priority: bool = False
    language: str = "ja"
    search: str = ""

    @classmethod
    def sent(cls) -> Wanted:
        """As the page sent it."""
        form, language = request.values, request.values.get("language", "ja")
        search = form.get("q", "").strip()[:80]
        return cls(
            tuple(dict.fromkeys(form.getlist("procedure"))),
            form.get("priority") == "true",
            language if language in BY_CODE else "ja",
            "" if mynumber.contains_my_number(search) else search,
        )


@blueprint.get("/tickets/new")
@DESK
def new_ticket() -> str:
    """Give a walk-in a number: for which procedures?"""
    return _new_page(here(), Wanted.sent())


@blueprint.post("/tickets")
@DESK
def issue() -> Response:
    """Give the number out, once for every opened page; or only search, and keep what was chosen."""
    where, wanted = here(), Wanted.sent()
    if "search" in request.form:
        return make_response(_new_page(where, wanted))
    key = Key(
        f"desk ticket {visitor().actor}",
        request.form.get("key", "")[:64],
        request_text([*wanted.procedures, str(wanted.priority), wanted.language]),
    )
    brought = Brought(priority=wanted.priority, by_staff=True)
    try:
        issued = arrivals.issue(
            where.office, wanted.procedures, visitor().actor, wanted.language, key=key, brought=brought
        )
    except Invalid as refused:
        return make_response(_new_page(where, wanted, told(refused.problems[0].message)), 422)
    except DomainError as refused:
        return make_response(_new_page(where, wanted, told(refused.message)), refused.status)
    return redirect(url_for("numbers.ticket", number=issued.number, new=handing.seal(issued.token)), 303)


@blueprint.get("/tickets/<number>")
@DESK
def ticket(number: str) -> str:
    """One of today's tickets: its stay, why it stands where it stands, what came with it, and what can be done."""
    where, known, at = here(), catalogue.current(), now()
    today = where.office.day_of(at)
    found = line.by_number(where.office, today, number)
    whole = line.stay_of(found)
    before, after = stay.legs(known, whole)
    return render_template(
        "counter/ticket.html",
        where=where,
        ticket=found,
        new="new" in request.args,
        handed=handing.of_ticket(request.args.get("new", ""), found),
        queue=known.queues[found.queue],
        what=stay.procedures_of(known, found),
        state=STATE_WORDS[found.state],
        ahead=len(call_order.ahead_of(where.office, today, found, at)),
        why=why(where, found) or why(Place(where.office, None), found),
        since=stay.since(found, whole.events),
        timeline=stay.timeline(where, whole.history),
        before=before,
        after=after,
        forms=[one.definition().words.ja for one in applications.of_ticket(found.id)],
        actions=_actions(where, found),
        movable=allowed("transfer", found.state) and (where.counter is not None or found.state == "waiting"),
        late=found.booked_for is not None and found.due_at is None,
        undo=undoing.step_of(where.office, whole, at) is not None,
    )


def _actions(where: Place, found: TicketView) -> list[Action]:
    """The steps that this visitor may take from here with a ticket that is not on the desk."""
    mine = AT_COUNTER if where.number else ANYWHERE
    return [one for one in mine if allowed(one, found.state)]


def _new_page(where: Place, wanted: Wanted, error: str | Message = "") -> str:
    known = catalogue.current()
    offered = set(offices.procedures_of(where.office))
    found = find_procedures(known, wanted.search) if wanted.search else tuple(known.procedures.values())
    chosen = [
        known.procedures[code] for code in wanted.procedures if code in offered and code in known.procedures
    ]
    groups: dict[str, list[Procedure]] = {}
    for one in sorted(found, key=lambda item: -item.yearly_volume):
        if one.code in offered and one not in chosen:
            groups.setdefault(one.queue, []).append(one)
    return render_template(
        "counter/new_ticket.html",
        groups=[(known.queues[code], groups[code]) for code in known.queues if code in groups],
        wanted=wanted,
        chosen=chosen,
        languages=[(one.code, one.name) for one in LANGUAGES],
        error=error,
        key=secrets.token_urlsafe(16),
    )
