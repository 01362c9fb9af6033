"""保存期間: how long what is personal can be read, in days; an office may decide, within the most that is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta

from models.core.errors import FieldProblem, Invalid
from models.core.messages import _n, message

MOST: Mapping[str, int] = {
    "form": 14, "form_alone": 90, "contact": 30, "no_show": 60, "waiting": 7, "message": 14,
}  # fmt: skip
"""No office keeps anything longer than so many days."""
SLIPS = timedelta(days=30)
HISTORY = timedelta(days=400)
"""Slip jobs and calls for help; runs of jobs. Neither holds names."""
OUT_OF_RANGE = _n("0から{most}までの日数にしてください。")
UNKNOWN = _n("この種類の保存期間はありません。")
TICKET_MONTHS = 37
"""So long are tickets kept; measures of older days come out of facts."""


@dataclass(frozen=True)
class Retention:
    """Days: a form after the visit, one without a booking after it was written, a contact after the visit or after
    nobody came, a waiting entry after its last day, an address after its message ended. A cancelled booking: none."""

    form: int = 3
    form_alone: int = 30
    contact: int = 7
    no_show: int = 30
    waiting: int = 1
    message: int = 3


SHIPPED = Retention()
NAMES = tuple(one.name for one in fields(Retention))


def with_own(own: Mapping[str, object]) -> Retention:
    """The shipped numbers with an office's own over them; what is out of range counts as the most."""
    known = {
        name: min(value, MOST[name]) for name, value in own.items() if name in MOST and isinstance(value, int)
    }
    return Retention(**{**{name: getattr(SHIPPED, name) for name in NAMES}, **known})


def checked(own: Mapping[str, object]) -> dict[str, int]:
    """The same numbers, if each may be; `Invalid` names every one that may not."""
    problems, good = [], {}
    for name, value in own.items():
        if name not in MOST:
            problems.append(FieldProblem(name, message(UNKNOWN)))
        elif isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST[name]:
            problems.append(FieldProblem(name, message(OUT_OF_RANGE, most=MOST[name])))
        else:
            good[name] = value
    if problems:
        raise Invalid(problems)
    return good


def tickets_until(today: date) -> date:
    """Tickets (without names) of days before this first of a month are deleted: 37 whole months are kept."""
    year, month = divmod(today.year * 12 + today.month - 1 - TICKET_MONTHS, 12)
    return date(year, month + 1, 1)
