"""来庁の前のお知らせの時刻: when an office reminds of a visit, with what tomorrow's visitors would get."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, time, timedelta
from functools import partial

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.messages import Message, _n
from models.operations import reminding as acts
from models.queries import offices
from models.queries.message_policy import TOPIC, message_policy
from models.queries.office_policies import decided
from models.queries.offices import OfficeView
from models.queries.setting_changes import REMINDERS
from models.rules.message_policy import SHIPPED, MessagePolicy, checked, reminders, with_own
from models.rules.setting_marks import others
from web.access import ADMINISTRATOR, visitor
from web.admin.asked import asked_office
from web.admin.change_lines import plain_parts
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.admin.setting_pages import Effect, SettingPage, history, of_office, sent, shown
from web.languages import gettext
from web.presentation import clock_time, whole_dates

blueprint = Blueprint("reminders", __name__)
TITLE = _n("来庁の前のお知らせの時刻")
WORDS = {
    "day_before_at": (_n("前の日に送る時刻"), _n("18:00のように書きます。送らないときは空にします。")),
    "morning_at": (
        _n("当日の朝に送る時刻"),
        _n("来庁の時刻より前のときだけ送ります。送らないときは空にします。"),
    ),
}
VISITS = (time(9, 0), time(11, 30), time(16, 0))
"""Visits of tomorrow whose reminders are shown as examples, in the office's time."""
TOMORROW = _n("{visit}の予約の方に送る時刻")
NEVER = _n("送りません")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str | Response:
    """The times of an office, and when three visits of tomorrow would be reminded; or what going back would change."""
    return shown(_setting(asked_office()))


@blueprint.post("/")
@ADMINISTRATOR
def keep() -> Response:
    """Look at the times, or keep those that differ."""
    return sent(_setting(asked_office()))


def _setting(place: OfficeView) -> SettingPage:
    state = asdict(message_policy(place))
    return SettingPage(
        of_office(place, REMINDERS, TITLE, "reminders.page", "messages.page"),
        state=state,
        read=lambda given: {name: _time(given.get(name, "")) for name in WORDS},
        judge=lambda wanted: state | checked({name: wanted[name] for name in state if name in wanted}),
        lines=partial(plain_parts, {name: words[0] for name, words in WORDS.items()}),
        effects=lambda _, after: [
            Effect(gettext(TOMORROW, visit=moment(visit)), _listed(times))
            for visit, times in _examples(place, with_own(after))
        ],
        keep=lambda wanted, seen: acts.set_policy(place, others(wanted, state), visitor().actor, seen),
        form=partial(_page, place),
    )


def _time(text: str) -> str:
    """A time as people type it: full-width digits too, and one figure for the hour."""
    plain = unicodedata.normalize("NFKC", text).strip()[:10]
    return f"0{plain}" if len(plain) == 4 and plain[1] == ":" else plain


def _listed(times: Sequence[datetime]) -> str:
    return gettext("、").join(moment(at) for at in times) or gettext(NEVER)


def _page(place: OfficeView, wrong: Mapping[str, Message], typed: Mapping[str, str] | None) -> str:
    setting, found = _setting(place), decided(place.id, TOPIC)
    return render_template(
        "admin/messages/reminders.html",
        sections=sections("messages.page"),
        person=name_of_visitor(),
        place_shown=place,
        places=offices.offices(),
        words=WORDS,
        base=SHIPPED,
        values=setting.state if typed is None else typed,
        examples=[
            (clock_time(visit, place.zone.key), whole_dates(_listed(times)))
            for visit, times in _examples(place, with_own(found.own))
        ],
        decided=found,
        moment=moment,
        history=history(setting),
        wrong=wrong,
    )


def _examples(place: OfficeView, policy: MessagePolicy) -> list[tuple[datetime, list[datetime]]]:
    """A visit of tomorrow, and when its reminders would go."""
    day = place.day_of(now()) + timedelta(days=1)
    visits = [datetime.combine(day, at, place.zone) for at in VISITS]
    return [(visit, [one.after for one in reminders(policy, visit, place.zone)]) for visit in visits]
