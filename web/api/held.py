"""One ticket as its holder sees it. Asking again costs a row."""

from __future__ import annotations

from typing import Any

from models.core.clock import now
from models.operations import calling
from models.queries import holder
from web.access import HOLDER
from web.api.blueprint import Calls, known_already
from web.api.ticket_shape import HeldTicket, for_holder

blueprint = Calls("held", __name__, "Follow a number, leave the line.")


@blueprint.route("/tickets/<token>")
@HOLDER
@blueprint.response(200, HeldTicket)
@blueprint.alt_response(304, description="Nothing has changed.")
@blueprint.alt_response(410, "GONE")
def ticket(token: str) -> Any:
    """Where the number stands; 410 after its day."""
    slip, at = holder.opened(token), now()
    tag = slip.tag(at)
    return known_already(tag) or (for_holder(holder.held(slip, at)), 200, {"ETag": f'"{tag}"'})


@blueprint.route("/tickets/<token>", methods=["DELETE"])
@HOLDER
@blueprint.response(204)
@blueprint.alt_response(409, "CONFLICT")
@blueprint.alt_response(410, "GONE")
def leave(token: str) -> None:
    """The person leaves the line; a second time changes nothing."""
    slip = holder.opened(token)
    calling.leave_line(slip.place, slip.visit_id, "resident")
