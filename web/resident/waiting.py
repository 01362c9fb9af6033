"""番号札のページ: how many are ahead, about how long, where to go: for whoever holds the slip, until the day ends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models.catalogue.definitions import Queue, Words
from models.core.clock import now
from models.core.errors import Conflict
from models.operations import calling, satisfaction
from models.operations.ticket_notices import PEOPLE_BEFORE
from models.queries import catalogue, channels, hall, holder, live, offices
from models.queries import satisfaction as answers
from models.queries.estimates import shown_range
from models.queries.holder import Held
from models.queries.offices import CounterView
from models.rules.satisfaction import SCORES, read_score
from web import reading
from web.access import HOLDER
from web.languages import gettext
from web.presentation import asset
from web.resident.expired import expired, keep_what_was_typed
from web.resident.private import keep_private
from web.ruby import without_readings

blueprint = Blueprint("waiting", __name__)
keep_what_was_typed(blueprint)
keep_private(blueprint)

NEAR_PEOPLE = 2
NEAR_MINUTES = 5
FAR_MINUTES = 15
"""With so many minutes to go at least, few people before somebody are no reason to stay close."""
GONE = ("cancelled", "abandoned", "no_show")
CALLED = ("called", "recalled")
LEAVABLE = ("waiting", "planned", "absent", "called", "held")
ASK_AGAIN = {"now": 5, "near": 5, "soon": 10, "far": 20, "busy": 15, "over": 60}
"""Seconds until a phone asks again."""
FEW = 6


@dataclass(frozen=True)
class Shown:
    """A number as its page shows it; minutes are None unless it waits, `counter` is where to go."""

    held: Held
    at: datetime
    queue: Queue | None
    low: int | None
    high: int | None
    counter: CounterView | None
    now_calling: str | None
    notice: str
    hold_minutes: int
    score: int | None = None

    @property
    def scores(self) -> tuple[int, ...]:
        """What can be answered to how satisfied the visitor is."""
        return tuple(SCORES)

    @property
    def state(self) -> str:
        """The ticket's state."""
        return self.held.ticket.state

    def queue_of(self, code: str) -> Words:
        """The public name of another queue of the visit."""
        found = catalogue.current().queues.get(code)
        return found.words if found else Words(code)

    @property
    def at_seat(self) -> bool:
        """Whether staff come to the booth where the visitor sits."""
        seat = self.held.slip.seat
        return seat is not None and self.held.ticket.counter != seat

    @property
    def booked_later(self) -> bool:
        """Whether the booked time is still to come."""
        due = self.held.ticket.due_at
        return (
            self.state == "waiting"
            and self.held.ticket.booked_for is not None
            and due is not None
            and due > self.at
        )

    @property
    def near(self) -> bool:
        """Whether the visitor should stay close to the counters."""
        if self.state != "waiting" or self.booked_later and self.held.ahead > 0:
            return False
        few = self.held.ahead <= NEAR_PEOPLE and (self.low is None or self.low < FAR_MINUTES)
        return few or (self.high is not None and self.high <= NEAR_MINUTES)

    @property
    def pace(self) -> str:
        """How closely a phone has to look."""
        if self.state in CALLED:
            return "now"
        if self.state == "waiting":
            return "near" if self.near else "soon" if self.held.ahead < FEW else "far"
        return "over" if self.state in (*GONE, "done") else "busy"

    @property
    def leavable(self) -> bool:
        """Whether the visitor may give the number back."""
        return self.state in LEAVABLE

    @property
    def since(self) -> timedelta:
        """How long the visitor has been waiting."""
        return self.at - (self.held.ticket.arrived_at or self.held.ticket.order_at)


@blueprint.get("/<token>")
@HOLDER
def show(token: str) -> str:
    """The number with everything about it; it goes on asking by itself."""
    return render_template(
        "resident/waiting/show.html",
        token=token,
        shown=_shown(token),
        again=ASK_AGAIN,
        told=bool(channels.opened() & {"email", "push", "sms"}),
        people=PEOPLE_BEFORE,
    )


@blueprint.get("/<token>/now")
@HOLDER
def latest(token: str) -> AnyResponse:
    """The part of the page that changes; 304 without a look at any ticket when nothing has."""
    slip, at = holder.opened(token), now()
    tag = f"{slip.tag(at)}-{reading.current().code}"
    if request.if_none_match.contains_weak(tag):
        answer = make_response("", 304)
    else:
        shown = _of(holder.held(slip, at), at)
        answer = make_response(
            render_template("resident/waiting/now.html", token=token, shown=shown, again=ASK_AGAIN)
        )
    answer.headers["ETag"] = f'"{tag}"'
    return answer


@blueprint.route("/<token>/leave", methods=["GET", "POST"])
@HOLDER
def leave(token: str) -> str | AnyResponse | tuple[str, int]:
    """Ask once, then give the number back."""
    shown = _shown(token)
    page = url_for("waiting.show", token=token)
    if shown.state in GONE:
        return redirect(page, 303)
    if request.method == "POST" and not expired():
        try:
            calling.leave_line(shown.held.slip.place, shown.held.slip.visit_id, "resident")
        except Conflict as problem:
            refused = render_template(
                "resident/waiting/leave.html", token=token, shown=shown, problem=problem.message
            )
            return refused, problem.status
        return redirect(page, 303)
    return render_template("resident/waiting/leave.html", token=token, shown=shown, problem=None)


@blueprint.post("/<token>/satisfaction")
@HOLDER
def rate(token: str) -> AnyResponse:
    """Keep how satisfied the visitor was, 0 to 10; it can be changed until the day ends."""
    if expired():
        return make_response(show(token))
    satisfaction.give(holder.opened(token), read_score(request.form.get("score", "")))
    return redirect(url_for("waiting.show", token=token), 303)


@blueprint.get("/<token>/app.webmanifest")
@HOLDER
def manifest(token: str) -> Response:
    """What a phone needs to put the number on its home screen."""
    place = holder.opened(token).place
    scope = f"{request.script_root}/tickets/"
    told = {
        "id": scope,
        "name": gettext("{place} 受付番号", place=without_readings(place.name_in(reading.current().code))),
        "short_name": gettext("受付番号"),
        "start_url": url_for("waiting.show", token=token),
        "scope": scope,
        "display": "standalone",
        "lang": reading.current().html,
        "background_color": "#ffffff",
        "theme_color": "#115a36",
        "icons": [
            {"src": asset("icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": asset("icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": asset("icon-maskable-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
    }
    answer = make_response(json.dumps(told, ensure_ascii=False))
    answer.mimetype = "application/manifest+json"
    return answer


def _shown(token: str) -> Shown:
    at = now()
    return _of(holder.held(holder.opened(token), at), at)


def _of(held: Held, at: datetime) -> Shown:
    place, ticket = held.slip.place, held.ticket
    low, high = shown_range(held.wait) if held.wait else (None, None)
    state = live.state(place, at)
    line = next((one for one in state.queues if one.code == ticket.queue), None)
    desk = next((one for one in offices.counters_of(place) if one.number == ticket.counter), None)
    return Shown(
        held=held,
        at=at,
        queue=catalogue.current().queues.get(ticket.queue),
        low=low,
        high=high,
        counter=desk,
        now_calling=line.now_calling if line else None,
        notice=state.notice,
        hold_minutes=hall.policy_of(place).hold_minutes,
        score=answers.given(held.slip.visit_id) if ticket.state == "done" else None,
    )
