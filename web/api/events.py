"""An office's line as a stream: at the hub's address, never on a thread that answers requests."""

from __future__ import annotations

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from models.core.clock import now
from models.queries import live_stream, offices
from web import live
from web.access import PUBLIC
from web.api.blueprint import Calls
from web.api.shapes import LANGUAGE_CODES

blueprint = Calls("events", __name__, "Hear of calls as they happen.")
STREAM = "text/event-stream"
COME_BACK_MILLISECONDS = 5000
LAST_SEEN = "Last-Event-ID"
DESCRIBED = (
    "Server-sent events: `called` and `recalled` carry one call, `queue`, `closed` and `snapshot` the state as "
    "`/queue` gives it. Each event's id is a version of the line; whoever comes back with it in `Last-Event-ID` (or "
    "`last_event_id`) is told what was missed, or a `snapshot` where that is too much."
)


@blueprint.route("/offices/<office>/events")
@PUBLIC
@blueprint.doc(
    parameters=[
        {"name": LAST_SEEN, "in": "header", "required": False, "schema": {"type": "string"}},
        {"name": "last_event_id", "in": "query", "required": False, "schema": {"type": "string"}},
        {"name": "lang", "in": "query", "required": False,
         "schema": {"type": "string", "enum": list(LANGUAGE_CODES)}},
    ]
)  # fmt: skip
@blueprint.response(200, {"type": "object"}, content_type=STREAM, description=DESCRIBED)
@blueprint.alt_response(307, description="The stream is at this address.")
def events(office: str) -> ResponseReturnValue:
    """The stream's address; where no hub runs, a short stream that ends, and asks to come back."""
    place = offices.office(office)
    if not live.answers_itself():
        query = request.query_string.decode("latin-1")
        return redirect(live.events_address(place.code) + (f"?{query}" if query else ""), 307)
    since = live_stream.last_seen(request.headers.get(LAST_SEEN) or request.args.get("last_event_id"))
    language = request.args.get("lang", "ja")
    spoken = language if language in live_stream.LANGUAGES else "ja"
    _, begun = live_stream.opening(place, since, now(), spoken)
    answer = Response(
        f"retry: {COME_BACK_MILLISECONDS}\n\n".encode() + begun, content_type=f"{STREAM}; charset=utf-8"
    )
    answer.headers["X-Accel-Buffering"] = "no"
    return answer
