"""What bookings, pre-filled forms, counters or hours would change in an office's waits."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from models.core.errors import invalid
from models.core.messages import _n
from models.queries import catalogue, what_if
from models.rules.opening import minute_of
from models.rules.planning.own_day import Change, OwnDay
from models.rules.planning.staffing import Hours
from models.rules.planning.what_if import Spread, Waits
from web.access import REPORTS, own_office
from web.api.blueprint import Calls
from web.api.reports import Span, span
from web.api.shapes import NOT_OFFERED, OUT_OF_RANGE, Answer, whole

blueprint = Calls("what_if", __name__, "Waits before and after a change, from the office's own log.")
NO_VISITS = _n("この期間には、来庁の記録がありません。記録のある期間を送ってください。")
BAD_HOURS = _n("閉じる時刻は、開く時刻より1時間以上あとにしてください。")
SHORTEST = 60


def _between(least: float, most: float) -> validate.Range:
    return validate.Range(min=least, max=most, error=OUT_OF_RANGE)


class HoursAsked(Schema):
    """Office-local clock times of every open day."""

    opens = fields.Time(required=True, format="%H:%M")
    closes = fields.Time(required=True, format="%H:%M")


class ChangeAsked(Span):
    """The days it rests on, and what would be different; what is left out stays as it was. Shares are 0-1."""

    queue = fields.String(load_default=None, allow_none=True)
    booking_share = fields.Float(load_default=None, allow_none=True, validate=_between(0, 0.95))
    prefill_share = fields.Float(load_default=None, allow_none=True, validate=_between(0, 1))
    counters = whole(1, 60, load_default=None, allow_none=True)
    opening_hours = fields.Nested(HoursAsked, load_default=None, allow_none=True)
    handling_minutes = fields.Float(load_default=None, allow_none=True, validate=_between(1, 240))
    prefilled_handling_minutes = fields.Float(load_default=None, allow_none=True, validate=_between(1, 240))
    replications = whole(20, 500, load_default=None, allow_none=True)


class PlayedWait(Answer):
    """Minutes; `within` is half the width of the 95 % interval of the mean, `people` how many a day."""

    mean = fields.Float(required=True)
    within = fields.Float(required=True)
    p50 = fields.Float(required=True)
    p90 = fields.Float(required=True)
    people = fields.Float(required=True)


class Side(Answer):
    """One side: waits and mean handling in minutes, the booked called within two minutes (0-1), load (1: full)."""

    wait = fields.Nested(PlayedWait, required=True)
    walk_in = fields.Nested(PlayedWait, required=True)
    booked = fields.Nested(PlayedWait, required=True)
    handling_minutes = fields.Float(required=True)
    on_time = fields.Float(required=True)
    load_ = fields.Float(required=True, data_key="load", attribute="load")


class Resting(Answer):
    """What it was computed from: the office's own days as measured."""

    days = fields.Integer(required=True)
    visits = fields.Integer(required=True)
    booking_share = fields.Float(required=True)
    prefill_share = fields.Float(required=True)
    counters = fields.Integer(required=True)
    wait_measured = fields.Float(required=True, allow_none=True)


class WhatIf(Answer):
    """Before beside after, played with the same people."""

    before = fields.Nested(Side, required=True)
    after = fields.Nested(Side, required=True)
    based_on = fields.Nested(Resting, required=True)


@blueprint.route("/offices/<office>/what-if", methods=["POST"])
@REPORTS
@blueprint.arguments(ChangeAsked)
@blueprint.response(200, WhatIf)
def compare(asked: dict[str, Any], office: str) -> dict[str, Any]:
    """The waits of booked people and walk-ins on the office's own days of the log, before and after a change.

    Both sides play the same people; another share of bookings fills what the others leave of the counters."""
    place = own_office(office)
    queue = asked["queue"]
    if queue is not None and queue not in catalogue.current().queues:
        raise invalid("queue", NOT_OFFERED)
    day = what_if.today(place, *span(place, asked), queue)
    if day is None:
        raise invalid("from", NO_VISITS)
    found = what_if.compared(day, _change(asked), asked["replications"]).comparison
    return {"before": _side(found.before), "after": _side(found.after), "based_on": _resting(day)}


def _change(asked: dict[str, Any]) -> Change:
    hours = asked["opening_hours"]
    span_asked = Hours(minute_of(hours["opens"]), minute_of(hours["closes"])) if hours else None
    if span_asked and span_asked.closes - span_asked.opens < SHORTEST:
        raise invalid("opening_hours.closes", BAD_HOURS)
    return Change(
        asked["booking_share"],
        asked["prefill_share"],
        asked["counters"],
        span_asked,
        asked["handling_minutes"],
        asked["prefilled_handling_minutes"],
    )


def _side(one: Waits) -> dict[str, Any]:
    return {
        "wait": _spread(one.every),
        "walk_in": _spread(one.walk_in),
        "booked": _spread(one.booked),
        "handling_minutes": round(one.handling, 2),
        "on_time": round(one.on_time, 4),
        "load": round(one.load, 4),
    }


def _spread(one: Spread) -> dict[str, float]:
    return {name: round(getattr(one, name), 2) for name in ("mean", "within", "p50", "p90", "people")}


def _resting(day: OwnDay) -> dict[str, Any]:
    return {
        "days": day.days,
        "visits": day.visits,
        "booking_share": round(day.booked_share, 4),
        "prefill_share": round(day.prefilled_share, 4),
        "counters": day.counters,
        "wait_measured": round(day.wait, 2),
    }
