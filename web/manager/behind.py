"""数字のもと: the tickets behind a number, by their numbers and times; no name, no contact, no link to a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from models.catalogue.definitions import Procedure
from models.core.messages import _n
from models.queries import behind, catalogue
from models.queries.behind import A_PAGE, OUTCOMES, Asked, Behind, Numbered
from models.rules.statistics import CUTS, handling_minutes, slot_gap_minutes, wait_minutes
from web.access import REPORTS
from web.languages import gettext
from web.manager.choosing import Choice, chosen, shown
from web.manager.tables_shown import CUT_NAMES, SOURCES, key_name, signed
from web.presentation import NOTHING, clock_time, day_and_month, number, plain_words, western_date

blueprint = Blueprint("behind", __name__)
blueprint.context_processor(shown)

OUTCOME_NAMES = {
    "finished": _n("手続きが終わった"),
    "no_show": _n("来なかった予約"),
    "abandoned": _n("途中で帰った"),
}


@blueprint.get("/tickets")
@REPORTS
def page() -> tuple[str, int]:
    """The tickets of a span, or those behind one cell of it: `by` and `key` in pairs, `outcome`."""
    choice = chosen()
    asked = _asked(choice)
    page = request.args.get("page", "")[:4]
    found = behind.behind(
        choice.place, choice.first, choice.last, asked, int(page) if page.isdecimal() else 1
    )
    procedures = catalogue.current().procedures
    named = {code: gettext(words) for code, words in (*SOURCES.items(), *OUTCOME_NAMES.items())}
    body = render_template(
        "manager/tickets.html",
        choice=choice,
        found=found,
        first=(found.page - 1) * A_PAGE + 1,
        a_page=A_PAGE,
        other_pages=_other_pages(found),
        parts=_parts(asked),
        rows=[_row(choice, procedures, named, one) for one in found.shown],
    )
    return body, 422 if choice.problem else 200


def _other_pages(found: Behind) -> dict[str, str]:
    """The addresses of the page before and the page after, where there is one: the same question, another page."""
    others = {"before": found.page - 1, "after": found.page + 1}
    return {
        name: f"?{urlencode([*_but_page(), ('page', page)])}"
        for name, page in others.items()
        if 1 <= page <= found.pages
    }


def _but_page() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.args.items(multi=True) if name != "page"]


def _asked(choice: Choice) -> Asked:
    """What the address asks; a cut that is none is left out, as a link that was cut short."""
    pairs = zip(request.args.getlist("by"), request.args.getlist("key"), strict=False)
    cuts = tuple((name, key[:24]) for name, key in pairs if name in CUTS)
    outcome = request.args.get("outcome", "")
    return Asked(choice.queue, cuts, outcome if outcome in OUTCOMES else "")


def _parts(asked: Asked) -> list[str]:
    """The parts in words."""
    known = catalogue.current()
    named = []
    for name, key in asked.cuts:
        value = key == "true" if name == "prefilled" else key
        plain = name == "weekday" and not (key.isascii() and key.isdigit() and int(key) < 7)
        named.append(key if plain or name not in CUT_NAMES else key_name(name, value, known))
    return [*named, *([gettext(OUTCOME_NAMES[asked.outcome])] if asked.outcome else [])]


def _row(
    choice: Choice, procedures: Mapping[str, Procedure], named: Mapping[str, str], one: Numbered
) -> list[str]:
    ticket = one.ticket
    name = (
        plain_words(procedures[ticket.procedure].words)
        if ticket.procedure in procedures
        else ticket.procedure
    )

    def clock(at: datetime | None) -> str:
        return NOTHING if at is None else clock_time(at, choice.place.zone.key)

    return [
        one.number or NOTHING, number(wait_minutes(ticket), 1), number(handling_minutes(ticket), 1),
        day_and_month(one.day) if one.day.year == choice.today.year else western_date(one.day),
        name, named[ticket.source], clock(ticket.booked_for),
        clock(ticket.arrived_at), clock(ticket.called_at), clock(ticket.finished_at),
        signed(slot_gap_minutes(ticket), 1), ticket.counter or NOTHING, named[ticket.outcome],
    ]  # fmt: skip
