"""予約枠の変更の記録: what places there were, and the way back by the same preview where every slot had as many."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from flask import url_for

from models.core.clock import now
from models.core.errors import NotFound
from models.core.messages import _n
from models.queries import catalogue, offices
from models.queries.setting_changes import SLOTS, ChangeView
from models.rules.slot_changes import CAPACITY
from web.admin.change_lines import ChangeLine, Line, told
from web.languages import gettext
from web.presentation import plain_words, western_date

EACH, ALL = _n("1枠の定員"), _n("定員の合計")
WHICH = _n("{office}　{queue}　{days}　{what}")


def history() -> list[ChangeLine]:
    """The newest changes of capacities and of booked times, of every office."""
    return told(_lines, SLOTS, back=_back)


def _lines(one: ChangeView) -> list[Line]:
    first, last = (date.fromisoformat(one.after[name]) for name in ("first", "last"))
    known = catalogue.current().queues
    queue = one.after["queue"]
    same = None not in (one.before["each"], one.after["each"])
    what, label = ("each", EACH) if same else ("places", ALL)
    name = gettext(
        WHICH,
        office=_office(one.of),
        queue=plain_words(known[queue].words) if queue in known else queue,
        days="〜".join(dict.fromkeys((western_date(first), western_date(last)))),
        what=gettext(label),
    )
    return [(name, str(one.before[what]), str(one.after[what]))]


def _office(code: str) -> str:
    try:
        return offices.office(code).name
    except NotFound:
        return code


def _back(one: ChangeView) -> str:
    """The preview of the capacity before, for the days that are still to come; empty where there was no one number.

    A capacity does not open what is closed: out of 0 lead the hours of the day.
    """
    kept = one.before
    try:
        today = offices.office(one.of).day_of(now()).isoformat()
    except NotFound:
        return ""
    if kept["kind"] != CAPACITY or kept["each"] is None or not one.after["each"] or kept["last"] < today:
        return ""
    asked = {"office": one.of, "kind": CAPACITY, "queue": kept["queue"], "capacity": kept["each"]}
    span = {"first": max(kept["first"], today), "last": kept["last"]}
    return f"{url_for('slots.preview')}?{urlencode({**asked, **span})}"
