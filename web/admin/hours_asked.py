"""開庁時間の変更を読む: a change of hours as an address or a form says it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from models.core.clock import now
from models.core.errors import invalid
from models.core.messages import _n
from models.queries import hours_changes
from models.queries.offices import OfficeView
from models.queries.setting_changes import DAYS, WEEK
from models.rules import week_hours
from models.rules.slot_changes import BAD_DAYS, BAD_WEEK, LONGEST_DAYS, Change
from models.rules.slot_changes import WEEK as WEEK_KIND
from web.admin.change_lines import named

USUAL, BACK = "usual", "back"
KINDS = (USUAL, BACK, WEEK_KIND)
"""What an address may ask for besides what the form of slots offers."""
OVER = _n("もう過ぎた日の変更なので、もどせません。")


def read(place: OfficeView, sent: Mapping[str, str], first: date | None, last: date | None) -> Change:
    """The change that is asked for; `Invalid` where it cannot be, `NotFound` where there is nothing to go back to."""
    today, kind = place.day_of(now()), sent.get("kind")
    if kind == BACK:
        change = named(sent.get("back", ""), DAYS, WEEK, of=place.code)
        found = hours_changes.back(place, change, today)
        if found is None:
            raise invalid("first", OVER)
        return found
    if first is None or last is None or not 0 <= (last - first).days < LONGEST_DAYS:
        raise invalid("first", BAD_DAYS, most=LONGEST_DAYS)
    if kind == USUAL:
        return hours_changes.usual_again(first, last)
    week = week_hours.read(sent.get("week", ""))
    if week is None:
        raise invalid("week", BAD_WEEK)
    return hours_changes.from_day(place, first, week, today)
