"""庁舎の決まり: the numbers by which an office calls, and how many numbers a queue gives out a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import FieldProblem, Invalid
from models.core.messages import Message, _n, message
from models.operations import hall
from models.queries import catalogue, line, offices
from models.queries import hall as halls
from models.queries.offices import OfficeView
from models.queries.setting_changes import HALL, LIMITS
from models.rules.hall_policy import ORDER, RANGES, SEVERAL, HallPolicy, checked, shipped
from models.rules.setting_marks import others
from web.access import ADMINISTRATOR, REPORTS, visitor
from web.admin.asked import asked_office
from web.admin.change_lines import Line, counted, parts, with_unit
from web.admin.hall_rules import GROUPS, SWITCHES, WAYS
from web.admin.jobs import moment
from web.admin.number_boxes import boxed, numbers, whole
from web.admin.overview import name_of_visitor, sections
from web.admin.setting_pages import Effect, SettingPage, history, of_office, sent, shown
from web.languages import gettext

blueprint = Blueprint("hall_policy", __name__)
BAD_LIMIT = _n("0から{most}までの数にするか、空けてください。")
TITLE = _n("庁舎の決まり")
LIMITS_TITLE = _n("1日に出す番号札の上限")
SEVERAL_WAYS = _n("いくつかの手続きがあるとき")
LABELS: Mapping[str, str] = {
    **{rule.field: rule.label for _, rules in GROUPS for rule in rules},
    **{name: words[0] for name, words in SWITCHES.items()},
    "several": SEVERAL_WAYS,
}
UNITS = {rule.field: rule.unit for _, rules in GROUPS for rule in rules}
SHEETS = _n("枚")
LIMIT_OF = _n("業務{queue}の1日の上限")
NONE = _n("なし")
NEXT_CALL = _n("次の呼出から使います。")
LINE_MOVES = _n("いま待っている{n}人の順番も、次の呼出から変わります")
FULL = _n("業務{queue}の番号札は、きょうはもう出しません")
GIVEN = _n("きょうは、もう{n}枚出しています。")


@blueprint.get("/")
@REPORTS
def page() -> str | Response:
    """The rules of an office, or what going back would change; a manager may read them."""
    place = asked_office()
    return shown(_policy(place)) if _may_change() else _page(place)


@blueprint.post("/")
@ADMINISTRATOR
def keep() -> Response:
    """Look at the numbers, or keep those that differ."""
    return sent(_policy(asked_office()))


@blueprint.get("/limits")
@ADMINISTRATOR
def limits() -> str | Response:
    """The same page from the limits' side: here is what going back would change of them."""
    return shown(_limits(asked_office()))


@blueprint.post("/limits")
@ADMINISTRATOR
def keep_limits() -> Response:
    """Look at how many numbers each queue gives out a day, or keep it; an empty box is no limit."""
    return sent(_limits(asked_office()))


def _policy(place: OfficeView) -> SettingPage:
    state = asdict(halls.policy_of(place))
    return SettingPage(
        of_office(place, HALL, TITLE, "hall_policy.page"),
        state=state,
        read=_read,
        judge=lambda wanted: state | checked({name: wanted[name] for name in state if name in wanted}),
        lines=lambda before, after: counted(LABELS, UNITS, *(_in_words(kept) for kept in (before, after))),
        effects=lambda before, after: [_in_line(place, bool(others(after, before).keys() & ORDER))],
        keep=lambda wanted, seen: hall.set_policy(place, others(wanted, state), visitor().actor, seen),
        form=lambda wrong, typed: _page(place, wrong, policy=typed),
    )


def _read(given: Mapping[str, str]) -> dict[str, Any]:
    several = given.get("several", "")
    ways = {"several": several} if several in SEVERAL else {}
    switches = {name: given.get(name) == "true" for name in SWITCHES}
    return {**numbers(given, RANGES), **ways, **switches}


def _in_words(kept: Mapping[str, Any]) -> dict[str, Any]:
    way = kept.get("several")
    return {**kept, **({"several": gettext(WAYS[way][0])} if way in WAYS else {})}


def _in_line(place: OfficeView, order: bool) -> Effect:
    """Whom other numbers touch: with another order, those who wait now."""
    waiting = len(line.line(place, place.day_of(now()))) if order else 0
    return Effect(gettext(LINE_MOVES, n=waiting)) if waiting else Effect(gettext(NEXT_CALL))


def _limits(place: OfficeView) -> SettingPage:
    return SettingPage(
        of_office(place, LIMITS, LIMITS_TITLE, "hall_policy.limits", "hall_policy.page"),
        state=halls.limits_of(place),
        read=partial(_read_limits, place),
        judge=_known,
        lines=_limit_lines,
        effects=partial(_used_up, place),
        keep=lambda wanted, seen: hall.set_limits(
            place, {**dict.fromkeys(halls.limits_of(place)), **wanted}, visitor().actor, seen
        ),
        form=lambda wrong, typed: _page(place, wrong, limits=typed),
    )


def _read_limits(place: OfficeView, given: Mapping[str, str]) -> dict[str, int]:
    """What was typed for the queues of the page; those of no counter keep what they have."""
    mine = _queues(place)
    found = {code: most for code, most in halls.limits_of(place).items() if code not in mine}
    problems = []
    for code in mine:
        text = given.get(f"limit.{code}", "").strip()
        number = whole(text)
        if number is not None and number <= hall.MOST_A_DAY:
            found[code] = number
        elif text:
            problems.append(FieldProblem(f"limit.{code}", message(BAD_LIMIT, most=hall.MOST_A_DAY)))
    if problems:
        raise Invalid(problems)
    return found


def _known(wanted: Mapping[str, int | None]) -> dict[str, int]:
    """Limits without those of queues that the catalogue has no more."""
    queues = catalogue.current().queues
    return {code: most for code, most in wanted.items() if most is not None and code in queues}


def _limit_lines(before: Mapping[str, int | None], after: Mapping[str, int | None]) -> list[Line]:
    labels = {code: gettext(LIMIT_OF, queue=code) for code in sorted({*before, *after})}
    return [(label, _most(old), _most(new)) for label, old, new in parts(labels, before, after)]


def _most(number: int | None) -> str:
    return gettext(NONE) if number is None else with_unit(number, SHEETS)


def _used_up(place: OfficeView, before: Mapping[str, int], after: Mapping[str, int]) -> list[Effect]:
    """The queues that give out nothing more today."""
    given = halls.given_out(place, place.day_of(now()))
    return [
        Effect(gettext(FULL, queue=code), gettext(GIVEN, n=given[code]) if code in given else "", "warning")
        for code, most in others(after, before).items()
        if given.get(code, 0) >= most
    ]


def _queues(place: OfficeView) -> list[str]:
    served = {code for one in offices.counters_of(place) for code in one.queues}
    return [code for code in catalogue.current().queues if code in served]


def _may_change() -> bool:
    return visitor().role == "administrator"


def _page(
    place: OfficeView,
    wrong: Mapping[str, Message] | None = None,
    policy: Mapping[str, str] | None = None,
    limits: Mapping[str, str] | None = None,
) -> str:
    known, scope, may_change = catalogue.current(), visitor().office_id, _may_change()
    mine, base, most = halls.policy_of(place), shipped(known.rules), halls.limits_of(place)
    held = {f"limit.{code}": most.get(code) for code in _queues(place)}
    changes = [*history(_policy(place)), *history(_limits(place))] if may_change else []
    return render_template(
        "admin/hall.html",
        sections=sections("hall_policy.page") if may_change else [],
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
        limits=[(known.queues[code], most.get(code)) for code in _queues(place)],
        given=halls.given_out(place, place.day_of(now())),
        may_change=may_change,
        history=sorted(changes, key=lambda one: one.at, reverse=True),
        moment=moment,
        wrong=wrong or {},
        values={
            **(boxed(asdict(mine)) if policy is None else policy),
            **(boxed(held) if limits is None else limits),
        },
    )


def _own(mine: HallPolicy, base: HallPolicy) -> frozenset[str]:
    """The numbers that this office set differently from the shipped ones."""
    return frozenset(name for name in RANGES if getattr(mine, name) != getattr(base, name))
