"""職員を呼ぶ: on every screen, in the same corner."""

from __future__ import annotations

from flask import Blueprint, render_template

from kiosk.entry import ACTS
from kiosk.terminal.place import here, visitor
from models.operations import help as calls

blueprint = Blueprint("kiosk_help", __name__)


@blueprint.post("/help")
@ACTS
def call() -> str:
    """Staff are asked to come here; what was begun stays on the screen behind."""
    calls.call(here(), visitor().number, visitor().actor)
    return render_template("kiosk/helped.html")
