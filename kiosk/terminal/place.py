"""Where this terminal stands, and who it is."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app, g
from markupsafe import Markup

from models.core.messages import Message, _n, message
from models.queries import offices
from models.queries.offices import OfficeView
from models.rules.entry import Visitor

AT = _n("住所は{address}です。")
WAY = _n("住所は{address}です。{way}")


def here() -> OfficeView:
    """The office of this terminal; staff without an office of their own look at the city's first."""
    found: OfficeView | None = g.get("kiosk_place")
    if found is None:
        scope = visitor().office_id
        found = offices.offices()[0] if scope is None else offices.office_by_id(scope)
        g.kiosk_place = found
    return found


def visitor() -> Visitor:
    """Who makes this request, as the guard recognised them."""
    found: Visitor = g.visitor
    return found


def spoken() -> str:
    """The code of the language in which this visitor reads."""
    return str(current_app.jinja_env.globals["language"]().code)  # type: ignore[operator]


def travel(place: OfficeView) -> Markup:
    """How to get to another building."""
    say: Callable[[Message], Markup] = current_app.jinja_env.filters["say"]
    way = place.access_in(spoken())
    return say(message(WAY, address=place.address, way=way) if way else message(AT, address=place.address))
