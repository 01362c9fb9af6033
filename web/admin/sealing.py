"""申請書の封: whether an office's residents seal what they fill in at home, and the keys that do it."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import DomainError
from models.core.messages import _n
from models.operations import sealing_keys as key_acts
from models.operations import sealing_policy as acts
from models.queries import offices, sealing_keys
from models.queries.sealing_policy import seals
from web.access import ADMINISTRATOR, visitor
from web.admin.asked import asked_office
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext

blueprint = Blueprint("admin_sealing", __name__)
KEPT_ON = _n("{office}では、申請書に封をします。")
KEPT_OFF = _n("{office}では、申請書に封をしません。")
ENDED = _n("{month}の鍵を壊しました。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """What an office decided, and its keys."""
    place = asked_office()
    return render_template(
        "admin/sealing.html",
        sections=sections("admin_sealing.page"),
        person=name_of_visitor(),
        place_shown=place,
        places=offices.offices(),
        on=seals(place),
        keys=sealing_keys.keys_of(place),
        today=place.day_of(now()),
    )


@blueprint.post("/")
@ADMINISTRATOR
def keep() -> Response:
    """Seal from now on, or no more; the keys are made at once where they are missing."""
    place, on = asked_office(), request.form.get("seals") == "true"
    if on:
        key_acts.make_ahead(place.day_of(now()), visitor().actor)
    acts.set_policy(place, seals=on, actor=visitor().actor)
    flash(gettext(KEPT_ON if on else KEPT_OFF, office=place.name), "done")
    return redirect(url_for(".page", office=place.code), 303)


@blueprint.post("/end")
@ADMINISTRATOR
def end() -> Response:
    """Destroy the private keys of one month, for all offices."""
    place, month = asked_office(), _month(request.form.get("month", ""))
    try:
        key_acts.end(month, visitor().actor)
        flash(gettext(ENDED, month=f"{month:%Y-%m}"), "done")
    except DomainError as refused:
        flash(gettext(refused.message.template, **refused.message.values), "warning")
    return redirect(url_for(".page", office=place.code), 303)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return date.min
