"""使い始めるまでの問い: what each question shows, and how its answer is kept by the acts of the setting's own page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import g, request

from models.core.messages import _n
from models.operations import first_run, office_settings, ways
from models.queries import catalogue, channels, offices, slots
from models.queries import office_settings as settings
from models.queries.offices import OfficeView
from models.rules import office_settings as rules
from models.rules import week_hours
from models.rules.first_run import COUNTERS, HOURS, MAIL, OFFICE, PEOPLE, PROCEDURES
from models.rules.setting_marks import mark
from web.admin import first_run_people
from web.admin.hours_shown import written
from web.languages import gettext
from web.presentation import plain_words, weekday_name
from web.spelling import listed

ASKED = ("name", "address", "telephone", "access")
"""What is asked of an office here; the rest keeps its template and has a page of its own."""
COUNTER = ("number", "name", "queues")
MOST_ROWS = 40
MORE_ROWS = 2
MAIL_BOXES = ("server", "security", "port", "user", "password", "sender", "name")
LOOK_AHEAD_DAYS = 31
CLOSED = _n("休み")


@dataclass(frozen=True)
class Step:
    """How a question is shown, and how its answer is kept; `keep` says whether one stays on the page."""

    shown: Callable[[OfficeView, Mapping[str, str] | None], dict[str, Any]]
    keep: Callable[[OfficeView, Mapping[str, str], str], bool]


def _office_shown(place: OfficeView, typed: Mapping[str, str] | None) -> dict[str, Any]:
    """What is set, but for the address that `maeniwa init` could not know."""
    state = settings.office_state(place)
    known = {"address": ""} if state["address"] == g.municipality.name else {}
    return {"values": typed or {**state, **known}, "mark": mark(state), "most": rules.TEXTS}


def _office_keep(place: OfficeView, sent: Mapping[str, str], actor: str) -> bool:
    wanted = settings.office_state(place) | {name: sent.get(name, "") for name in ASKED}
    office_settings.set_office(place, wanted, sent.get("mark", ""), actor)
    return False


def _hours_shown(place: OfficeView, typed: Mapping[str, str] | None) -> dict[str, Any]:
    week = offices.week_of(place).weekdays
    boxes = {f"hours.{day}": week_hours.day_text(spans) for day, spans in enumerate(week)}
    return {"days": [(f"hours.{day}", weekday_name(day)) for day in range(7)], "values": typed or boxes}


def _hours_keep(place: OfficeView, sent: Mapping[str, str], actor: str) -> bool:
    first_run.set_hours(place, week_hours.typed(sent), actor)
    first_run.renew_slots()
    return False


def _counters_shown(place: OfficeView, typed: Mapping[str, str] | None) -> dict[str, Any]:
    state = settings.counters_state(place)
    rows = (
        _rows(typed) if typed is not None else [{**one, "queues": " ".join(one["queues"])} for one in state]
    )
    if typed is None:
        rows += [dict.fromkeys(COUNTER, "") for _ in range(MORE_ROWS)]
    known = catalogue.current().queues
    return {
        "rows": rows,
        "mark": mark(state),
        "queues": [(code, plain_words(one.words)) for code, one in known.items()],
    }


def _rows(sent: Mapping[str, str]) -> list[dict[str, str]]:
    """The counters as they were sent; one that is to be taken away loses its number."""
    return [
        {name: sent.get(f"{name}.{at}", "") for name in COUNTER} | {"away": sent.get(f"away.{at}", "")}
        for at in range(MOST_ROWS)
        if f"number.{at}" in sent
    ]


def _counters_keep(place: OfficeView, sent: Mapping[str, str], actor: str) -> bool:
    """Keep the counters; procedures that no counter serves any more are not offered."""
    rows = [{**one, "number": ""} if one["away"] else one for one in _rows(sent)]
    known = catalogue.current()
    names = {code: queue.words.ja for code, queue in known.queues.items()}
    served = {code for one in rules.counters(rows, names, ()) for code in one["queues"]}
    offers = settings.offered_state(place)
    left = [code for code in offers if known.procedures[code].queue in served]
    if left != offers:
        office_settings.set_offered(place, left, mark(offers), actor)
    office_settings.set_counters(place, rows, sent.get("mark", ""), actor)
    first_run.renew_slots()
    return False


def _procedures_shown(place: OfficeView, typed: Mapping[str, str] | None) -> dict[str, Any]:
    offers = set(settings.offered_state(place))
    groups = _departments(place)
    chosen = request.form.getlist("department") if typed is not None else [
        code for code, _, mine in groups if offers & set(mine)
    ]  # fmt: skip
    known = catalogue.current().procedures
    lines = [
        (code, name, listed(plain_words(known[one].words) for one in mine[:3]), len(mine))
        for code, name, mine in groups
    ]
    return {"departments": lines, "chosen": chosen, "mark": mark(settings.offered_state(place))}


def _departments(place: OfficeView) -> list[tuple[str, str, list[str]]]:
    """The departments that have a procedure which a counter serves: code, name, procedures."""
    known, served = catalogue.current(), settings.served_queues(place)
    found: dict[str, list[str]] = {}
    for code, one in known.procedures.items():
        if one.queue in served:
            found.setdefault(one.department, []).append(code)
    return [(code, plain_words(known.departments[code]), mine) for code, mine in found.items()]


def _procedures_keep(place: OfficeView, sent: Mapping[str, str], actor: str) -> bool:
    """Keep what is offered; of a department that stays as it was, what was chosen on the setting's own page stays."""
    offers = settings.offered_state(place)
    ticked, wanted = set(request.form.getlist("department")), []
    for code, _, mine in _departments(place):
        if code in ticked:
            wanted += [one for one in mine if one in offers] or mine
    office_settings.set_offered(place, wanted, sent.get("mark", ""), actor)
    first_run.renew_slots()
    return False


def _mail_shown(_: OfficeView, typed: Mapping[str, str] | None) -> dict[str, Any]:
    return {"already": "email" in channels.opened(), "values": typed or {"security": "smtp"}}


def _mail_keep(_: OfficeView, sent: Mapping[str, str], actor: str) -> bool:
    if sent.get("way") != "email":
        return False
    first_run_people.sign_in_lately()
    ways.open_way("email", {name: sent.get(name, "") for name in MAIL_BOXES}, actor)
    return False


STEPS: Mapping[str, Step] = {
    OFFICE: Step(_office_shown, _office_keep),
    HOURS: Step(_hours_shown, _hours_keep),
    COUNTERS: Step(_counters_shown, _counters_keep),
    PROCEDURES: Step(_procedures_shown, _procedures_keep),
    PEOPLE: Step(first_run_people.shown, first_run_people.keep),
    MAIL: Step(_mail_shown, _mail_keep),
}


def summary(place: OfficeView, asked: Sequence[str]) -> list[tuple[str, str]]:
    """What was set, by question."""
    week = offices.week_of(place).weekdays
    hours = "\n".join(
        f"{weekday_name(day)}　{written(spans) or gettext(CLOSED)}" for day, spans in enumerate(week)
    )
    said = {
        OFFICE: "\n".join(
            text for text in (place.name, place.address, place.telephone, place.access) if text
        ),
        HOURS: hours,
        COUNTERS: "\n".join(
            f"{one.number}　{one.name}　{' '.join(one.queues)}" for one in offices.counters_of(place)
        ),
        PROCEDURES: gettext("手続き {n}", n=len(offices.procedures_of(place))),
        PEOPLE: first_run_people.told(place),
        MAIL: gettext("メールで送ります") if "email" in channels.opened() else gettext("まだ送りません"),
    }
    return [(one, said[one]) for one in asked if one in said]


def first_slots(place: OfficeView, first: date) -> tuple[date, int] | None:
    """The first day from `first` on with places to book, and how many places it has."""
    for slot in slots.published(place, first, first + timedelta(days=LOOK_AHEAD_DAYS)):
        if slot.capacity:
            same = slots.published(place, slot.day, slot.day)
            return slot.day, sum(one.capacity for one in same)
    return None
