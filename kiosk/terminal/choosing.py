"""何の用件か: a kind of matter, then the procedure, five choices a screen; several procedures make one visit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import render_template, request

from kiosk.terminal.place import here
from models.catalogue.definitions import Procedure, Queue
from models.queries import catalogue, offices
from models.queries.offices import OfficeView

A_SCREEN = 5
MOST = 5
"""So many procedures make one visit; who needs more asks staff."""


@dataclass(frozen=True)
class Sheet:
    """Some of many choices; `after` is the number of the next sheet (the first one again behind the last)."""

    shown: tuple[Procedure | Queue, ...]
    after: int | None


def choose_procedures(next_endpoint: str, *, whole_city: bool = False) -> str:
    """The screens on which procedures are chosen; what is chosen goes to `next_endpoint` as `procedure` boxes.

    Shown by GET and by POST at the caller's own address. `whole_city` offers what any office of the city does.
    """
    places = offices.offices() if whole_city else (here(),)
    return _chosen(next_endpoint, _offered(places, lambda _: True), several=True)


def procedures_with_forms(next_endpoint: str) -> str:
    """As `choose_procedures` for a single procedure whose form can be written on a screen; adds the `office`."""
    forms = catalogue.current().forms
    written = _offered(offices.offices(), lambda one: any(not forms[form].paper_only for form in one.forms))
    return _chosen(next_endpoint, written, several=False)


def offices_with(codes: Sequence[str]) -> tuple[OfficeView, ...]:
    """The offices that offer all of these procedures, this one first."""
    mine = here().id
    return tuple(sorted(offices.offering(codes) if codes else (), key=lambda one: one.id != mine))


def procedures(codes: Sequence[str]) -> tuple[Procedure, ...]:
    """The known ones of these procedures, each once."""
    known = catalogue.current().procedures
    return tuple(known[code] for code in dict.fromkeys(codes) if code in known)


def _chosen(next_endpoint: str, offered: Sequence[Procedure], several: bool) -> str:
    boxes = request.form
    chosen = [one.code for one in procedures(boxes.getlist("procedure"))][:MOST]
    shown = {"next": next_endpoint, "chosen": procedures(chosen), "several": several}
    if chosen and boxes.get("more") != "1":
        places = offices_with(chosen)
        return render_template("kiosk/choosing/enough.html", office=places[0] if places else here(), **shown)
    left = [one for one in offered if one.code not in chosen]
    group = boxes.get("group", "")
    of_group = [one for one in left if one.queue == group]
    if of_group:
        sheet = _sheet(of_group)
        return render_template("kiosk/choosing/procedure.html", sheet=sheet, group=group, **shown)
    queues = catalogue.current().queues
    groups = [queue for code, queue in queues.items() if any(one.queue == code for one in left)]
    return render_template("kiosk/choosing/group.html", sheet=_sheet(groups), **shown)


def _sheet(every: Sequence[Procedure] | Sequence[Queue]) -> Sheet:
    """The asked-for sheet: all where they fit one screen, else four and the way to the next four."""
    if len(every) <= A_SCREEN:
        return Sheet(tuple(every), None)
    size = A_SCREEN - 1
    asked = request.form.get("sheet", "0")
    sheets = -(-len(every) // size)
    number = int(asked) % sheets if asked.isdecimal() and len(asked) < 4 else 0
    return Sheet(tuple(every[number * size : (number + 1) * size]), (number + 1) % sheets)


def _offered(places: Sequence[OfficeView], wanted: Callable[[Procedure], bool]) -> list[Procedure]:
    codes = {code for place in places for code in offices.procedures_of(place)}
    known = catalogue.current().procedures.values()
    return [one for one in known if one.code in codes and wanted(one)]
