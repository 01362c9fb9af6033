"""来庁の前のお知らせの時刻: when an office reminds of a visit, with what tomorrow's visitors would get."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime, time, timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import Invalid
from models.core.messages import Message, _n
from models.operations import reminding
from models.queries import offices
from models.queries.message_policy import TOPIC
from models.queries.office_policies import decided
from models.queries.offices import OfficeView
from models.queries.setting_changes import REMINDERS
from models.rules import mynumber
from models.rules.message_policy import SHIPPED, MessagePolicy, checked, reminders, with_own
from web.access import ADMINISTRATOR, visitor
from web.admin.asked import asked_office
from web.admin.jobs import moment
from web.admin.kept_before import asked_before, boxed, plainly, told
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext

blueprint = Blueprint("reminders", __name__)
WORDS = {
    "day_before_at": (_n("前の日に送る時刻"), _n("18:00のように書きます。送らないときは空にします。")),
    "morning_at": (
        _n("当日の朝に送る時刻"),
        _n("来庁の時刻より前のときだけ送ります。送らないときは空にします。"),
    ),
}
VISITS = (time(9, 0), time(11, 30), time(16, 0))
"""Visits of tomorrow whose reminders are shown as examples, in the office's time."""
KEPT = _n("{office}のお知らせの時刻を保存しました。次のお知らせから、この時刻に送ります。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """The times of an office, and when three visits of tomorrow would be reminded."""
    place = asked_office()
    before = asked_before(place.code, REMINDERS)
    own = {name: getattr(with_own(decided(place.id, TOPIC).own), name) for name in WORDS}
    return _page(place, typed=boxed({**own, **before}) if before else None)


@blueprint.post("/")
@ADMINISTRATOR
def keep() -> Response:
    """Keep the times, or only show what they would do; a refusal names each and keeps what was typed."""
    place = asked_office()
    typed = {name: _time(request.form.get(name, "")) for name in WORDS}
    try:
        if request.form.get("way") == "preview":
            return make_response(_page(place, typed=checked(typed)))
        reminding.set_policy(place, typed, visitor().actor)
    except Invalid as refused:
        wrong = {one.field: one.message for one in refused.problems}
        return make_response(_page(place, wrong, typed), 422)
    flash(gettext(KEPT, office=place.name), "done")
    return redirect(url_for(".page", office=place.code), 303)


def _time(text: str) -> str:
    """A time as people type it: full-width digits too, and one figure for the hour."""
    plain = unicodedata.normalize("NFKC", text).strip()[:10]
    return f"0{plain}" if len(plain) == 4 and plain[1] == ":" else plain


def _page(
    place: OfficeView, wrong: Mapping[str, Message] | None = None, typed: Mapping[str, str] | None = None
) -> str:
    found = decided(place.id, TOPIC)
    policy = with_own(typed if typed and not wrong else found.own)
    return render_template(
        "admin/messages/reminders.html",
        sections=sections("messages.page"),
        person=name_of_visitor(),
        place_shown=place,
        places=offices.offices(),
        words=WORDS,
        base=SHIPPED,
        values={name: getattr(policy, name) for name in WORDS} | _harmless(typed or {}),
        previewed=typed is not None and not wrong,
        examples=_examples(place, policy),
        decided=found,
        moment=moment,
        history=told(
            place.code,
            {REMINDERS: lambda name: gettext(WORDS[name][0])},
            plainly,
            lambda number: url_for(".page", office=place.code, back=number),
        ),
        wrong=wrong or {},
    )


def _harmless(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in typed.items() if not mynumber.contains_my_number(text)}


def _examples(place: OfficeView, policy: MessagePolicy) -> list[tuple[datetime, list[datetime]]]:
    """A visit of tomorrow, and when its reminders would go."""
    day = place.day_of(now()) + timedelta(days=1)
    visits = [datetime.combine(day, at, place.zone) for at in VISITS]
    return [(visit, [one.after for one in reminders(policy, visit, place.zone)]) for visit in visits]
