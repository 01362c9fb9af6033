"""窓口の開け閉め: the counter of this browser opens, goes to lunch, closes; who is on is known, not typed."""

from __future__ import annotations

from flask import request
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import Conflict, NotFound
from models.core.messages import _n
from models.operations import counters
from models.queries import hall, offices, shifts
from web.access import COUNTER, visitor
from web.account.security import SIGN_OUT
from web.counter.door import back, opened
from web.counter.place import Place, here
from web.languages import gettext

blueprint = opened("shifts")

OPEN = _n("{number}番窓口を開けました。")
LUNCH = _n("昼休みにしました。戻ったら F4 で開けてください。")
CLOSED = _n("{number}番窓口を閉じました。")


@blueprint.record_once
def step_down_at_sign_out(state: BlueprintSetupState) -> None:
    """Whoever signs out is on at no counter any more."""
    state.app.extensions.setdefault(SIGN_OUT, []).append(step_down)


def step_down(actor: str) -> None:
    """Close whatever counter this person is on at."""
    for place in offices.offices():
        if any(one.actor == actor for one in hall.on_now(place, place.day_of(now()))):
            counters.leave(place, actor)


@blueprint.post("/open")
@COUNTER
def open_again() -> Response:
    """This counter takes people; whoever was on there is relieved only where that is meant."""
    where = here()

    def go_on() -> str:
        open_here(where, "take_over" in request.form)
        return gettext(OPEN, number=where.number)

    return back(go_on)


@blueprint.post("/close")
@COUNTER
def close() -> Response:
    """This counter takes nobody for a while (lunch), or any more today."""
    where, ending = here(), request.form.get("ending", "")

    def go_on() -> str:
        refuse_others(where)
        if ending == "lunch":
            counters.close_counter(where.office, where.number or "", visitor().actor, "lunch")
            return gettext(LUNCH)
        counters.close_counter(where.office, where.number or "", visitor().actor)
        return gettext(CLOSED, number=where.number)

    return back(go_on)


def refuse_others(where: Place) -> None:
    """`Conflict` where another person is on at this counter: it must be taken over first."""
    if where.counter is None:
        raise NotFound
    on = _on(where)
    if on is not None and on != visitor().actor and not on.startswith(counters.SYSTEMS):
        raise Conflict(counters.SOMEBODY_ELSE, counter=where.number)


def open_here(where: Place, take_over: bool = False) -> None:
    """This person is on at this counter now; a system that called for it gives way, a person only where it is meant."""
    by_system = (_on(where) or "").startswith(counters.SYSTEMS)
    counters.open_counter(where.office, where.number or "", visitor().actor, take_over or by_system)


def _on(where: Place) -> str | None:
    return shifts.state_of(where.counter, where.office.day_of(now())).actor if where.counter else None
