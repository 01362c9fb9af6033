"""The line as a counter works it: who waits, call, start, finish. A step that the state forbids is 409."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema

from models.core.clock import now
from models.core.errors import NotFound, invalid
from models.core.messages import _n
from models.operations import calling
from models.queries import call_order, line, offices
from models.queries.offices import OfficeView
from models.rules.ticket_states import Action
from web.access import COUNTER, DESK, own_office, visitor
from web.api.blueprint import Calls
from web.api.shapes import codes, one_of, text
from web.api.ticket_shape import StaffTicket, for_staff

blueprint = Calls("line", __name__, "Call, serve, finish.")
STATES = tuple(calling.STATE_WORDS)
STEPS: Mapping[str, Action] = {"recall": "recall", "start": "start", "finish": "finish", "no-show": "no_show"}
NO_COUNTER = _n("この番号の窓口はありません。")


class LineAsked(Schema):
    """Which tickets of today."""

    status = one_of(STATES, load_default="waiting")


class Nothing(Schema):
    """No body is needed."""


class Step(Schema):
    """Where it happens; for `finish`, the procedures that were handled in the end."""

    counter = text(8, allow_none=True, load_default=None)
    outcomes = codes(least=0, load_default=list)


@blueprint.route("/offices/<office>/tickets")
@DESK
@blueprint.arguments(LineAsked, location="query")
@blueprint.response(200, StaffTicket(many=True))
def show(asked: dict[str, Any], office: str) -> list[dict[str, Any]]:
    """Today's tickets in one state, in the order in which they are called."""
    place = own_office(office)
    at = now()
    today = place.day_of(at)
    if asked["status"] == "waiting":
        return [for_staff(place, ticket) for ticket, _ in call_order.for_hall(place, today, at)]
    return [for_staff(place, ticket) for ticket in line.line(place, today, (asked["status"],))]


@blueprint.route("/offices/<office>/counters/<counter>/call-next", methods=["POST"])
@COUNTER
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, StaffTicket)
@blueprint.alt_response(204, description="Nobody waits.")
@blueprint.alt_response(409, "CONFLICT")
def call_next(_: dict[str, Any], office: str, counter: str) -> Any:
    """Call the next person for this counter; 409 while the counter still has somebody."""
    place = own_office(office)
    ticket = calling.call_next(place, counter, visitor().actor)
    return ("", 204) if ticket is None else for_staff(place, ticket)


@blueprint.route(
    '/offices/<office>/tickets/<number>/<any(recall,start,finish,"no-show"):step>', methods=["POST"]
)
@COUNTER
@blueprint.arguments(Step, required=False)
@blueprint.response(200, StaffTicket)
@blueprint.alt_response(409, "CONFLICT")
def take_step(asked: dict[str, Any], office: str, number: str, step: str) -> dict[str, Any]:
    """One step of one of today's tickets."""
    place = own_office(office)
    desk = known_counter(place, asked["counter"])
    outcomes = asked["outcomes"] if step == "finish" else ()
    ticket = calling.step(place, number, STEPS[step], visitor().actor, desk, outcomes)
    return for_staff(place, ticket)


def known_counter(place: OfficeView, number: str | None) -> str | None:
    """The number of a counter of this office as it was sent; `Invalid` where there is none."""
    if number is None:
        return None
    try:
        return offices.counter(place, number).number
    except NotFound as problem:
        raise invalid("counter", NO_COUNTER) from problem
