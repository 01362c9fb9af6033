"""庁舎の決まり: the numbers by which an office calls, and how many numbers a queue gives out a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import FieldProblem, Invalid
from models.core.messages import Message, _n, message
from models.operations import hall
from models.queries import catalogue, offices
from models.queries import hall as halls
from models.queries.offices import OfficeView
from models.queries.setting_changes import HALL, LIMITS
from models.rules import mynumber
from models.rules.hall_policy import RANGES, SEVERAL, HallPolicy, shipped
from web.access import ADMINISTRATOR, REPORTS, visitor
from web.admin.asked import asked_office
from web.admin.change_lines import ChangeLine
from web.admin.hall_rules import GROUPS, SWITCHES, WAYS
from web.admin.jobs import moment
from web.admin.kept_before import asked_before, boxed, plainly, told
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext

blueprint = Blueprint("hall_policy", __name__)
NOT_A_NUMBER = _n("{low}から{high}までの数にしてください。")
BAD_LIMIT = _n("0から{most}までの数にするか、空けてください。")
KEPT = _n("{office}の決まりを保存しました。次の呼出から使います。")
LIMITS_KEPT = _n("{office}の1日の上限を保存しました。")
SEVERAL_WAYS = _n("いくつかの手続きがあるとき")
LIMIT_OF = _n("業務{queue}の1日の上限")
NO_CHANGE = _n("変わったところはありません。")


@blueprint.get("/")
@REPORTS
def page() -> str:
    """The rules of an office; a manager may read them."""
    place = asked_office()
    return _page(place, typed=_before(place))


@blueprint.post("/")
@ADMINISTRATOR
def keep() -> Response:
    """Keep what differs; a refusal names each number and keeps what was typed."""
    place = asked_office()
    policy = halls.policy_of(place)
    try:
        own = {name: value for name, value in _read().items() if value != getattr(policy, name)}
        if own:
            hall.set_policy(place, own, visitor().actor)
    except Invalid as refused:
        return make_response(_page(place, _wrong(refused), request.form), 422)
    flash(gettext(KEPT, office=place.name) if own else gettext(NO_CHANGE), "done")
    return redirect(url_for(".page", office=place.code), 303)


@blueprint.post("/limits")
@ADMINISTRATOR
def keep_limits() -> Response:
    """How many numbers each queue gives out a day; an empty box is no limit."""
    place = asked_office()
    present = halls.limits_of(place)
    wrong: dict[str, Message] = {}
    wanted: dict[str, int | None] = {}
    for code in _queues(place):
        text = request.form.get(f"limit.{code}", "").strip()
        number = _whole(text)
        if text and (number is None or not 0 <= number <= hall.MOST_A_DAY):
            wrong[f"limit.{code}"] = message(BAD_LIMIT, most=hall.MOST_A_DAY)
        elif number != present.get(code):
            wanted[code] = number
    if wrong:
        return make_response(_page(place, wrong, request.form), 422)
    for code, number in wanted.items():
        hall.set_limit(place, code, number, visitor().actor)
    flash(gettext(LIMITS_KEPT, office=place.name) if wanted else gettext(NO_CHANGE), "done")
    return redirect(url_for(".page", office=place.code), 303)


def _before(place: OfficeView) -> dict[str, str] | None:
    """The boxes as they were before the change that the address names; None where it names none."""
    found = asked_before(place.code, HALL, LIMITS)
    if not found:
        return None
    limits = {f"limit.{name}": number for name, number in found.items() if name in _queues(place)}
    policy = {name: found.get(name, getattr(halls.policy_of(place), name)) for name in _names()}
    return boxed(limits or policy)


def _names() -> list[str]:
    return [*RANGES, *SWITCHES, "several"]


def _history(place: OfficeView) -> list[ChangeLine]:
    labels = {rule.field: rule.label for _, rules in GROUPS for rule in rules}
    labels |= {name: words[0] for name, words in SWITCHES.items()} | {"several": SEVERAL_WAYS}

    def said(value: Any) -> str:
        return gettext(WAYS[value][0]) if value in WAYS else plainly(value)

    return told(
        place.code,
        {
            HALL: lambda name: gettext(labels.get(name, name)),
            LIMITS: lambda name: gettext(LIMIT_OF, queue=name),
        },
        said,
        lambda number: url_for(".page", office=place.code, back=number),
    )


def _queues(place: OfficeView) -> list[str]:
    served = {code for one in offices.counters_of(place) for code in one.queues}
    return [code for code in catalogue.current().queues if code in served]


def _read() -> dict[str, Any]:
    """The policy as it was sent; `Invalid` names what is no number in its range, or no way of working."""
    problems, found = [], {}
    for name, (low, high) in RANGES.items():
        number = _whole(request.form.get(name, "").strip())
        if number is None or not low <= number <= high:
            problems.append(FieldProblem(name, message(NOT_A_NUMBER, low=low, high=high)))
        else:
            found[name] = number
    if problems:
        raise Invalid(problems)
    several = request.form.get("several", "")
    ways = {"several": several} if several in SEVERAL else {}
    return {**found, **ways, **{name: request.form.get(name) == "true" for name in SWITCHES}}


def _whole(text: str) -> int | None:
    """A whole number of at most six digits in any width; None for anything else."""
    return int(text) if text.isdecimal() and len(text) <= 6 else None


def _wrong(refused: Invalid) -> dict[str, Message]:
    return {one.field: one.message for one in refused.problems}


def _page(
    place: OfficeView, wrong: Mapping[str, Message] | None = None, typed: Mapping[str, str] | None = None
) -> str:
    known, scope = catalogue.current(), visitor().office_id
    mine, base = halls.policy_of(place), shipped(known.rules)
    administrator = visitor().role == "administrator"
    return render_template(
        "admin/hall.html",
        sections=sections("hall_policy.page") if administrator else [],
        person=name_of_visitor(),
        place_shown=place,
        places=[one for one in offices.offices() if scope in (None, one.id)],
        groups=GROUPS,
        ranges=RANGES,
        switches=SWITCHES,
        ways=WAYS,
        policy=mine,
        own=_own(mine, base),
        base=base,
        limits=[(known.queues[code], halls.limits_of(place).get(code)) for code in _queues(place)],
        given=halls.given_out(place, place.day_of(now())),
        may_change=administrator,
        history=_history(place) if administrator else [],
        moment=moment,
        wrong=wrong or {},
        typed={name: text for name, text in (typed or {}).items() if not mynumber.contains_my_number(text)},
    )


def _own(mine: HallPolicy, base: HallPolicy) -> frozenset[str]:
    """The numbers that this office set differently from the shipped ones."""
    return frozenset(name for name in RANGES if getattr(mine, name) != getattr(base, name))
