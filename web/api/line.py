"""The line as staff work it: who waits, call, serve, hand over, finish. A step that the state forbids is 409."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from models.core.clock import now
from models.core.errors import NotFound, invalid
from models.core.messages import _n
from models.operations import calling, counters, tickets
from models.queries import call_order, hall, line, offices
from models.queries.offices import OfficeView
from models.rules.ticket_states import UNDO_REASONS, Action
from web.access import COUNTER, DESK, own_office, visitor
from web.api.blueprint import Calls
from web.api.shapes import Answer, Moment, Truth, codes, one_of, text
from web.api.ticket_shape import StaffTicket, for_staff

blueprint = Calls("line", __name__, "Call, serve, finish.")
STATES = tuple(calling.STATE_WORDS)
STEPS: Mapping[str, Action] = {
    "call": "call",
    "recall": "recall",
    "start": "start",
    "hold": "hold",
    "resume": "resume",
    "back-office": "back_office",
    "deliver": "deliver",
    "finish": "finish",
    "absent": "absent",
    "no-show": "no_show",
}
"""What a counter does; `cancel` and `return` may be done at the entrance as well."""
NO_COUNTER = _n("この番号の窓口はありません。")
WHICH_COUNTER = _n("呼び出す窓口の番号を入れてください。")


class LineAsked(Schema):
    """Which tickets of today."""

    status = one_of(STATES, load_default="waiting")


class Nothing(Schema):
    """No body is needed."""


class AtCounter(Schema):
    """Where it happens."""

    counter = text(8, allow_none=True, load_default=None)


class Step(AtCounter):
    """Where it happens (needed for `call`); for `finish`, the procedures that were handled in the end."""

    outcomes = codes(least=0, load_default=list)


class Transfer(AtCounter):
    """Where to; `procedures` are what is to be done there, as before where none are given."""

    queue = text(4, required=True)
    procedures = codes(least=0, load_default=list)


class Undo(AtCounter):
    """Why the last step is taken back."""

    reason = one_of(UNDO_REASONS, load_default="mispress")


class Priority(AtCounter):
    """Whether somebody cannot wait long; why is never asked."""

    on = Truth(load_default=True)


class Opening(Schema):
    """`take_over`: although another person is on there."""

    take_over = Truth(load_default=False)


class Closing(Schema):
    """For the day, or for lunch."""

    ending = one_of(("closed", "lunch"), load_default="closed")


class CounterShown(Answer):
    """A counter with its queues, main one first, and since when somebody is on there (null: nobody)."""

    number = fields.String(required=True)
    queues = fields.List(fields.String(), required=True)
    open = fields.Boolean(required=True)
    opened_at = Moment(required=True, allow_none=True)


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


@blueprint.route("/offices/<office>/counters/<counter>/open", methods=["POST"])
@COUNTER
@blueprint.arguments(Opening, required=False)
@blueprint.response(200, CounterShown)
@blueprint.alt_response(409, "CONFLICT")
def open_counter(asked: dict[str, Any], office: str, counter: str) -> dict[str, Any]:
    """Somebody is on at this counter now; 409 where another person is, unless it is taken over."""
    place = own_office(office)
    counters.open_counter(place, counter, visitor().actor, asked["take_over"])
    return _counter(place, counter)


@blueprint.route("/offices/<office>/counters/<counter>/close", methods=["POST"])
@COUNTER
@blueprint.arguments(Closing, required=False)
@blueprint.response(200, CounterShown)
@blueprint.alt_response(409, "CONFLICT")
def close_counter(asked: dict[str, Any], office: str, counter: str) -> dict[str, Any]:
    """Nobody is on at this counter any more; 409 while it serves somebody."""
    place = own_office(office)
    counters.close_counter(place, counter, visitor().actor, asked["ending"])
    return _counter(place, counter)


@blueprint.route(
    "/offices/<office>/tickets/<number>/<any(call,recall,start,hold,resume,finish,"
    '"back-office",deliver,absent,"no-show"):step>',
    methods=["POST"],
)
@COUNTER
@blueprint.arguments(Step, required=False)
@blueprint.response(200, StaffTicket)
@blueprint.alt_response(409, "CONFLICT")
def take_step(asked: dict[str, Any], office: str, number: str, step: str) -> dict[str, Any]:
    """One step of one of today's tickets; 409 tells the state that forbids it."""
    place = own_office(office)
    desk = known_counter(place, asked["counter"])
    if step == "call" and desk is None:
        raise invalid("counter", WHICH_COUNTER)
    outcomes = asked["outcomes"] if step == "finish" else ()
    return for_staff(place, calling.step(place, number, STEPS[step], visitor().actor, desk, outcomes))


@blueprint.route("/offices/<office>/tickets/<number>/transfer", methods=["POST"])
@DESK
@blueprint.arguments(Transfer)
@blueprint.response(200, StaffTicket)
@blueprint.alt_response(409, "CONFLICT")
def transfer(asked: dict[str, Any], office: str, number: str) -> dict[str, Any]:
    """On to another queue, with number and place; the answer is the ticket that waits there."""
    place = own_office(office)
    known_counter(place, asked["counter"])
    who = visitor().actor
    return for_staff(place, tickets.transfer(place, number, asked["queue"], who, asked["procedures"]))


@blueprint.route("/offices/<office>/tickets/<number>/undo", methods=["POST"])
@DESK
@blueprint.arguments(Undo, required=False)
@blueprint.response(200, StaffTicket)
@blueprint.alt_response(409, "CONFLICT")
def undo(asked: dict[str, Any], office: str, number: str) -> dict[str, Any]:
    """Take the last step back; 409 where there is none or it is too long ago. The history keeps both."""
    place = own_office(office)
    known_counter(place, asked["counter"])
    return for_staff(place, calling.undo(place, number, asked["reason"], visitor().actor))


@blueprint.route("/offices/<office>/tickets/<number>/prioritise", methods=["POST"])
@DESK
@blueprint.arguments(Priority, required=False)
@blueprint.response(200, StaffTicket)
@blueprint.alt_response(409, "CONFLICT")
def prioritise(asked: dict[str, Any], office: str, number: str) -> dict[str, Any]:
    """Staff's decision that somebody cannot wait long, or not any more."""
    place = own_office(office)
    known_counter(place, asked["counter"])
    return for_staff(place, tickets.prioritise(place, number, visitor().actor, asked["on"]))


@blueprint.route("/offices/<office>/tickets/<number>/cancel", methods=["POST"])
@DESK
@blueprint.arguments(AtCounter, required=False)
@blueprint.response(200, StaffTicket)
@blueprint.alt_response(409, "CONFLICT")
def cancel(asked: dict[str, Any], office: str, number: str) -> dict[str, Any]:
    """Somebody says that they leave."""
    return _at_the_desk(office, number, "cancel", asked["counter"])


@blueprint.route("/offices/<office>/tickets/<number>/return", methods=["POST"])
@DESK
@blueprint.arguments(AtCounter, required=False)
@blueprint.response(200, StaffTicket)
@blueprint.alt_response(409, "CONFLICT")
def come_back(asked: dict[str, Any], office: str, number: str) -> dict[str, Any]:
    """Somebody who was not there has come back, and is called before those who wait."""
    return _at_the_desk(office, number, "return", asked["counter"])


def known_counter(place: OfficeView, number: str | None) -> str | None:
    """The number of a counter of this office as it was sent; `Invalid` where there is none."""
    if number is None:
        return None
    try:
        return offices.counter(place, number).number
    except NotFound as problem:
        raise invalid("counter", NO_COUNTER) from problem


def _at_the_desk(office: str, number: str, action: Action, counter: str | None) -> dict[str, Any]:
    place = own_office(office)
    desk = known_counter(place, counter)
    return for_staff(place, calling.step(place, number, action, visitor().actor, desk))


def _counter(place: OfficeView, number: str) -> dict[str, Any]:
    desk = offices.counter(place, number)
    shifts = hall.on_now(place, place.day_of(now()))
    since = next((one.opened_at for one in shifts if one.counter.number == number), None)
    return {
        "number": desk.number,
        "queues": desk.queues,
        "open": since is not None,
        "opened_at": since.astimezone(place.zone) if since else None,
    }
