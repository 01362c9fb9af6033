"""システムの鍵: which API tokens were given out, whether they are used, and the end of one after it was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.messages import _n
from models.operations import accounts
from models.queries import offices, staff
from models.queries.setting_changes import TOKEN, ChangeView
from web.access import ADMINISTRATOR, visitor
from web.account import security
from web.admin.change_lines import Line, headed, plain_parts, told
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.admin.role_names import ROLES
from web.admin.staff import AGAIN
from web.languages import gettext

blueprint = Blueprint("tokens", __name__)
STATES = {"good": _n("使えます"), "expired": _n("期限が過ぎました"), "revoked": _n("止めました")}
MARKS = {"good": "done", "expired": "plain", "revoked": "error"}
PARTS = {
    "label": _n("つなぐシステム"),
    "role": _n("できること"),
    "office": _n("庁舎"),
    "until": _n("期限"),
    "good": _n("使える"),
}
NUMBERED, EVERYWHERE, NO_END = _n("{n}番"), _n("すべての庁舎"), _n("期限なし")
STOPPED = _n("{number}番の鍵を止めました。次の要求から使えません。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """Every token by its number, newest first; never the tokens."""
    return _page(
        "admin/tokens.html", tokens=tuple(reversed(staff.access_tokens())), history=told(_told, TOKEN)
    )


@blueprint.get("/<int:system>")
@ADMINISTRATOR
def ask(system: int) -> str:
    """Ask once before a token is stopped."""
    return _page("admin/token.html", one=staff.access_token(system), fresh=security.is_fresh())


@blueprint.post("/<int:system>/revoke")
@ADMINISTRATOR
def revoke(system: int) -> Response:
    """Let it open nothing any more; the password must have been given lately."""
    if not security.is_fresh():
        flash(gettext(AGAIN), "warning")
        here = url_for("tokens.ask", system=system).removeprefix(request.script_root)
        return redirect(url_for("sign_in.page", next=here), 303)
    accounts.revoke_token(system, visitor().actor)
    flash(gettext(STOPPED, number=system), "done")
    return redirect(url_for("tokens.page"), 303)


def _told(one: ChangeView) -> list[Line]:
    """A change of a token by its number."""
    lines = plain_parts(PARTS, *(_in_words(kept) for kept in (one.before, one.after)))
    return headed(gettext(NUMBERED, n=one.of), lines)


def _in_words(kept: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(kept)
    if "role" in kept:
        places = {place.code: place.name for place in offices.offices()}
        role = kept["role"]
        found["role"] = gettext(ROLES[role])
        found["office"] = places.get(kept["office"]) or gettext(EVERYWHERE)
        found["until"] = moment(datetime.fromisoformat(kept["until"])) if kept["until"] else gettext(NO_END)
    return found


def _page(template: str, **shown: object) -> str:
    return render_template(
        template,
        sections=sections("staff.page"),
        person=name_of_visitor(),
        offices={one.code: one.name for one in offices.offices()},
        roles=ROLES,
        states=STATES,
        marks=MARKS,
        at=now(),
        moment=moment,
        **shown,
    )
