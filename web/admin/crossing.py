"""行き来: which side this is, whose keys are known, what was carried last; and how the two sides' files are handled."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, make_response, render_template, request
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import DomainError, Invalid, invalid
from models.core.messages import _n
from models.operations import pairing
from models.papers.carried import DAY_LIST, STATUS
from models.queries import crossing, offices, sealing_keys
from models.queries.setting_changes import CROSSING, ChangeView
from models.rules.sides import INSIDE, OUTSIDE
from web.access import ADMINISTRATOR
from web.admin.change_lines import Line, told
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext
from web.presentation import day_and_month

blueprint = Blueprint("crossing", __name__)
NO_FILE = _n("ファイルを選んでください。")
PRINT = _n("相手の側の鍵の印")
DAYS = 14
SOON = 45
"""Days for which there should be keys to seal with."""


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """The files of this side, and the keys of both."""
    side = crossing.side()
    kind = DAY_LIST if side == INSIDE else STATUS
    places = offices.offices()
    today = places[0].day_of(now())
    days = [today + timedelta(days=ahead) for ahead in range(DAYS)]
    return render_template(
        "admin/crossing.html",
        sections=sections("crossing.page"),
        person=name_of_visitor(),
        side=side,
        places=places,
        days=[(day.isoformat(), day_and_month(day)) for day in days],
        mine=pairing.own_print(),
        made=crossing.own_days()[-1:],
        other=crossing.other_side(),
        history=told(_told, CROSSING),
        moment=moment,
        sealed_until=sealing_keys.sealed_until() if side == OUTSIDE else None,
        soon=today + timedelta(days=SOON),
        carried=[(place, one) for place in places for one in crossing.latest(kind, place)],
    )


def _told(one: ChangeView) -> list[Line]:
    return [(gettext(PRINT), one.before["print"], one.after["print"])]


def uploaded() -> bytes:
    """The file that was chosen, or the text of one that was looked at before; `Invalid` without either."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        content: bytes = upload.read()
        return content
    text = request.form.get("text", "")
    if not text:
        raise invalid("file", NO_FILE)
    return text.encode("utf-8").replace(b"\r\n", b"\n")


def download(content: bytes, name: str) -> Response:
    """A file to be carried."""
    answer = make_response(content)
    answer.mimetype = "application/json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def refused(problem: DomainError) -> None:
    """Say on the page why a file was not taken or made."""
    text = problem.problems[0].message if isinstance(problem, Invalid) else problem.message
    flash(gettext(text.template, **text.values), "warning")
