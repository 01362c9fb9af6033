"""The hall as everybody may see it. Asking again costs a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields

from models.core.clock import now
from models.queries import live, offices
from models.queries.hall_state import CallShown, HallState, QueueState
from models.queries.offices import OfficeView
from web import reading, ruby
from web.access import PUBLIC
from web.api.blueprint import Calls, known_already
from web.api.shapes import LANGUAGE_CODES, Answer, Moment, one_of, whole_minutes

blueprint = Calls("hall", __name__, "See the line.")


class HallAsked(Schema):
    """The language of names; Japanese, behind its English, where the city has none."""

    lang = one_of(LANGUAGE_CODES)


class QueueShown(Answer):
    """One queue; estimates are for somebody who takes a number now, `low`–`high` is how people are told them."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    waiting = fields.Integer(required=True)
    estimated_wait_minutes = fields.Integer(required=True, allow_none=True)
    estimated_wait_p80_minutes = fields.Integer(required=True, allow_none=True)
    low_minutes = fields.Integer(required=True, allow_none=True)
    high_minutes = fields.Integer(required=True, allow_none=True)
    now_calling = fields.String(required=True, allow_none=True)
    counters = fields.List(fields.String(), required=True)


class CallTold(Answer):
    """One call: `kind` is call, recall or deliver; `version` tells calls apart and orders them."""

    number = fields.String(required=True)
    counter = fields.String(required=True, allow_none=True)
    called_at = Moment(required=True)
    kind = fields.String(required=True)
    queue = fields.String(required=True)
    booked = fields.Boolean(required=True)
    language = fields.String(required=True)
    version = fields.Integer(required=True)


class HallShown(Answer):
    """What boards, phones and counters show: numbers only, never a name, a procedure or a reason."""

    as_of = Moment(required=True)
    version = fields.Integer(required=True)
    day = fields.Date(required=True)
    open = fields.Boolean(required=True)
    closes = fields.String(required=True, allow_none=True)
    stopped = fields.Boolean(required=True)
    notice = fields.String(required=True)
    counters_on = fields.List(fields.String(), required=True)
    mean_wait_today = fields.Integer(required=True, allow_none=True)
    served_today = fields.Integer(required=True)
    queues = fields.List(fields.Nested(QueueShown), required=True)
    calls = fields.List(fields.Nested(CallTold), required=True)
    absent = fields.List(fields.String(), required=True)
    deliveries = fields.List(fields.Nested(CallTold), required=True)


@blueprint.route("/offices/<office>/queue")
@PUBLIC
@blueprint.arguments(HallAsked, location="query")
@blueprint.response(200, HallShown)
@blueprint.alt_response(304, description="Nothing has changed.")
def queue(asked: dict[str, Any], office: str) -> Any:
    """How many wait for what and how long, who is called; 304 is answered without a look at any ticket."""
    place, at = offices.office(office), now()
    spoken = str(asked.get("lang") or reading.current().code)
    tag = f"{live.etag(place, at)}-{spoken}"
    return known_already(tag) or (hall_shown(place, live.state(place, at), spoken), 200, {"ETag": f'"{tag}"'})


def hall_shown(place: OfficeView, state: HallState, language: str) -> dict[str, Any]:
    """As `HallShown`, instants in the office's zone, names in one language."""
    return {
        "as_of": state.as_of.astimezone(place.zone),
        "version": state.version,
        "day": state.day,
        "open": state.open,
        "closes": f"{state.closes:%H:%M}" if state.closes else None,
        "stopped": state.stopped,
        "notice": state.notice,
        "counters_on": list(state.counters_on),
        "mean_wait_today": whole_minutes(state.mean_wait_today),
        "served_today": state.served_today,
        "queues": [_queue(one, language) for one in state.queues],
        "calls": [_call(place, one) for one in state.calls],
        "absent": list(state.absent),
        "deliveries": [_call(place, one) for one in state.deliveries],
    }


def _queue(one: QueueState, language: str) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": ruby.without_readings(one.words.in_language(language)),
        "waiting": one.waiting,
        "estimated_wait_minutes": whole_minutes(one.p50),
        "estimated_wait_p80_minutes": whole_minutes(one.p80),
        "low_minutes": one.low,
        "high_minutes": one.high,
        "now_calling": one.now_calling,
        "counters": list(one.counters),
    }


def _call(place: OfficeView, one: CallShown) -> dict[str, Any]:
    called_at: datetime = one.at.astimezone(place.zone)
    return {
        "number": one.number,
        "counter": one.counter,
        "called_at": called_at,
        "kind": one.kind,
        "queue": one.queue,
        "booked": one.booked,
        "language": one.language,
        "version": one.version,
    }
