"""行き来（鍵）: this side's public keys to be carried, and the other side's, whose print two people compare."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import DomainError
from models.core.messages import _n
from models.operations import pairing
from models.queries import offices
from web.access import ADMINISTRATOR, visitor
from web.admin.crossing import download, refused, uploaded
from web.languages import gettext

blueprint = Blueprint("crossing_keys", __name__)
TAKEN = _n(
    "相手の側の鍵を取り込みました。新しい封の鍵は{n}件です。下の印が相手の画面と同じかを確かめてください。"
)


@blueprint.post("/keys")
@ADMINISTRATOR
def export() -> Response:
    """The public keys of this side; made where there are none yet."""
    today = offices.offices()[0].day_of(now())
    try:
        return download(pairing.exported(today, visitor().actor), "keys.json")
    except DomainError as problem:
        refused(problem)
        return redirect(url_for("crossing.page"), 303)


@blueprint.post("/keys/import")
@ADMINISTRATOR
def take() -> Response:
    """Take the other side's keys over: unknown ones only with the print that its people read out."""
    try:
        new = pairing.take_over(uploaded(), visitor().actor, request.form.get("print", ""))
        flash(gettext(TAKEN, n=new), "done")
    except DomainError as problem:
        refused(problem)
    return redirect(url_for("crossing.page"), 303)
