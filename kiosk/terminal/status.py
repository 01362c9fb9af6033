"""待ち状況: how many wait and how long, queue by queue; five a screen."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from kiosk.entry import LOOKS
from kiosk.terminal.place import here
from models.core.clock import now
from models.queries import live

blueprint = Blueprint("kiosk_status", __name__)
A_SCREEN = 5


@blueprint.get("/")
@LOOKS
def page() -> str:
    """The line of this office as everybody may see it."""
    state = live.state(here(), now())
    sheets = max(1, -(-len(state.queues) // A_SCREEN))
    asked = request.args.get("sheet", "0")
    sheet = int(asked) % sheets if asked.isdecimal() and len(asked) < 4 else 0
    shown = state.queues[sheet * A_SCREEN : (sheet + 1) * A_SCREEN]
    after = (sheet + 1) % sheets if sheets > 1 else None
    return render_template("kiosk/status.html", state=state, queues=shown, after=after)
