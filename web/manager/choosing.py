"""What a manager looks at: an office, a span of days and perhaps one queue, all in the address of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import request
from flask_login import current_user

from models.catalogue.definitions import Words
from models.core.clock import now
from models.core.errors import Forbidden
from models.core.messages import Message, _n, message
from models.queries import catalogue, offices
from models.queries.measures import LONGEST_SPAN_DAYS
from models.queries.offices import OfficeView
from models.rules.spans import USUAL, Span, spans
from web.access import own_office, visitor

PRESETS: Mapping[str, str] = {
    "today": _n("きょう"),
    "week": _n("今週"),
    "lastweek": _n("先週"),
    USUAL: _n("直近の4週間"),
    "8weeks": _n("直近の8週間"),
    "month": _n("先月"),
    "year": _n("今年度"),
}
BAD_DATE = _n("日付を読めません。2026-04-01 の形で書いてください。")
BAD_ORDER = _n("終わりの日は、始まりの日と同じか後にしてください。")
TOO_LONG = _n("期間は{days}日以内にしてください。")


@dataclass(frozen=True)
class Choice:
    """What was chosen; where a date could not be read, `problem` says so and the usual span is shown."""

    place: OfficeView
    places: tuple[OfficeView, ...]
    first: date
    last: date
    preset: str
    queue: str | None
    queues: Mapping[str, Words]
    typed: tuple[str, str]
    today: date
    problem: Message | None = None

    @property
    def days(self) -> int:
        """How many days the span has."""
        return (self.last - self.first).days + 1

    @property
    def weeks(self) -> int | None:
        """How many whole weeks the span has; None where it is not whole weeks."""
        return self.days // 7 if self.days % 7 == 0 else None

    def address(self, **changes: str | None) -> dict[str, str]:
        """The address's values for a page that looks at the same, with some of them changed."""
        kept: dict[str, str | None] = {"office": self.place.code, "queue": self.queue}
        if self.preset:
            kept["span"] = None if self.preset == USUAL else self.preset
        else:
            kept |= {"from": self.first.isoformat(), "to": self.last.isoformat()}
        if "span" in changes:
            kept.pop("from", None)
            kept.pop("to", None)
        return {name: value for name, value in {**kept, **changes}.items() if value}

    def query(self, **changes: str | None) -> str:
        """The same as what stands behind the address of any page: menus lead to dozens."""
        return f"?{urlencode(self.address(**changes))}"


def chosen(longest: int = LONGEST_SPAN_DAYS) -> Choice:
    """The choice in the present address: the manager's first office and the last four whole weeks by default.

    A span of more than `longest` days is refused.
    Raises `NotFound` for no office of ours and `Forbidden` for one that is not this manager's.
    """
    places = own_offices()
    asked = request.args.get("office", "")
    place = own_office(asked) if asked else places[0]
    today = place.day_of(now())
    by_name = spans(today)
    preset = request.args.get("span", "")
    typed = request.args.get("from", "").strip(), request.args.get("to", "").strip()
    span, problem = None, None
    if any(typed):
        span, problem = _typed(*typed, longest)
        preset = "" if span else USUAL
    elif preset not in by_name:
        preset = USUAL
    first, last = span or by_name[preset]
    queues = {code: queue.words for code, queue in catalogue.current().queues.items() if queue.slot_minutes}
    queue = request.args.get("queue", "")
    return Choice(
        place, places, first, last, preset, queue if queue in queues else None, queues, typed, today, problem
    )


def own_offices() -> tuple[OfficeView, ...]:
    """The offices that this visitor may look at; `Forbidden` where there is none."""
    scope = visitor().office_id
    found = tuple(place for place in offices.offices() if scope in (None, place.id))
    if not found:
        raise Forbidden
    return found


def shown() -> dict[str, object]:
    """What every page of a manager has: who is signed in, and the names of the spans."""
    known = current_user and current_user.is_authenticated
    return {"person": current_user.name if known else "", "presets": PRESETS, "usual": USUAL}


def _typed(first: str, last: str, longest: int) -> tuple[Span | None, Message | None]:
    try:
        span = date.fromisoformat(first or last), date.fromisoformat(last or first)
    except ValueError:
        return None, message(BAD_DATE)
    if span[1] < span[0]:
        return None, message(BAD_ORDER)
    if (span[1] - span[0]).days >= longest:
        return None, message(TOO_LONG, days=longest)
    return span, None
