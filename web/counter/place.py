"""Where this browser works: the office and the counter that were chosen, kept in the session."""

from __future__ import annotations

from dataclasses import dataclass

from flask import session

from models.core.errors import DomainError, NotFound, invalid
from models.core.messages import _n
from models.queries import offices
from models.queries.offices import CounterView, OfficeView
from web.access import own_office, visitor

KEPT = "desk"
WHICH_COUNTER = _n("窓口の番号を選んでください。")


@dataclass(frozen=True)
class Place:
    """An office, and the counter where somebody handles visitors; the concierge has none."""

    office: OfficeView
    counter: CounterView | None

    @property
    def number(self) -> str | None:
        """The counter's number."""
        return self.counter.number if self.counter else None


class Elsewhere(DomainError):
    """No place was chosen yet: the door asks for it."""


def here() -> Place:
    """The chosen place; `Elsewhere` where none was chosen or it is not there any more."""
    kept = session.get(KEPT) or {}
    try:
        office = own_office(kept["office"])
        counter = offices.counter(office, kept["counter"]) if handles() else None
    except (DomainError, KeyError, TypeError) as problem:
        only = offices_of_visitor()
        if len(only) == 1 and not handles():
            return Place(only[0], None)
        raise Elsewhere from problem
    return Place(office, counter)


def kept() -> str:
    """The place of this session as the choice of a place names it; empty where none was chosen."""
    found = session.get(KEPT) or {}
    return f"{found.get('office', '')}/{found.get('counter', '')}" if found else ""


def chosen(office_code: str, number: str) -> Place:
    """The place that was chosen; `Forbidden` for another office, `Invalid` without a counter."""
    office = own_office(office_code)
    if not handles():
        return Place(office, None)
    try:
        return Place(office, offices.counter(office, number))
    except NotFound as problem:
        raise invalid("place", WHICH_COUNTER) from problem


def keep(place: Place) -> None:
    """Work here until signing out."""
    session[KEPT] = {"office": place.office.code, "counter": place.number or ""}


def offices_of_visitor() -> tuple[OfficeView, ...]:
    """The offices where this visitor works."""
    scope = visitor().office_id
    return tuple(one for one in offices.offices() if scope in (None, one.id))


def handles() -> bool:
    """Whether this visitor calls and handles people; a concierge receives them."""
    return visitor().role == "counter"


def same_person(actor: str | None) -> bool:
    """Whether a counter's shift is this very visitor's."""
    return actor is not None and actor == visitor().actor
