"""A roster as people read it: a row a person, what covers every day and why each shift is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from models.core.messages import _n
from models.queries import catalogue
from models.rules.planning.findings import clock
from models.rules.planning.opening_hours import WEEKDAYS
from models.rules.planning.roster import Binding, Duty, Lacking, Roster, RosterDay, bindings
from models.rules.planning.roster_rules import RosterRules
from models.rules.planning.roster_sharing import Burden
from web import charts
from web.languages import gettext
from web.presentation import day_and_month, number, plain_words, span

SHOWN = 4
COLUMNS = (
    "日付",
    "曜日",
    "職員",
    "勤務の型",
    "始まり",
    "終わり",
    "昼休みの始まり",
    "昼休みの終わり",
    "時間",
    "業務",
)
COUNTERS = _n("窓口が{needed}つ要り、この人を入れて{on}人です。")
SHORT_COUNTERS = _n("窓口が{needed}つ要りますが、この人を入れても{on}人です。")
SKILL = _n("{queues}のできる人が{needed}人要り、この人を入れて{on}人です。")
SHORT_SKILL = _n("{queues}のできる人が{needed}人要りますが、この人を入れても{on}人です。")
ONLY = _n("{queues}のできる人は、この人だけです。")
SPARE = _n(
    "この人がいなくても、どの30分も足ります。時間をかけて計算すると、もっと短い勤務表が見つかることがあります。"
)


@dataclass(frozen=True)
class Shift:
    """One cell of the table: the kind, from when to when, and when lunch begins."""

    kind: str
    time: str
    lunch: str


@dataclass(frozen=True)
class Row:
    """One person's week; `cells` by day, None for a day off; `leave`: whether it is one that was asked for."""

    code: str
    queues: str
    cells: tuple[Shift | None, ...]
    leave: tuple[bool, ...]
    days: int
    hours: str


@dataclass(frozen=True)
class Explained:
    """One shift with the sentences that say why it is there."""

    code: str
    shift: Shift
    reasons: list[str]


@dataclass(frozen=True)
class Day:
    """One day: its chart and the table of the same numbers, what is missing, and every shift with its reasons."""

    name: str
    people: int
    drawing: charts.Drawing
    rows: list[list[str]]
    lacking: list[str]
    shifts: list[Explained]


def queue_names() -> Mapping[str, str]:
    """What every queue is called."""
    return {code: plain_words(queue.words) for code, queue in catalogue.current().queues.items()}


def day_name(day: RosterDay) -> str:
    """11月30日（月）, or the weekday where it is no date."""
    return day_and_month(day.day) if day.day else gettext(WEEKDAYS[day.weekday].template)


def rows(made: Roster, rules: RosterRules) -> list[Row]:
    """One row a person, in the order of the rules."""
    found = []
    for person in rules.people:
        mine = {duty.day: duty for duty in made.duties if duty.code == person.code}
        cells = tuple(_shift(mine[day]) if day in mine else None for day in range(len(made.days)))
        hours = number(sum(duty.hours for duty in mine.values()), 2)
        leave = tuple(rules.is_away(person.code, day.day) for day in made.days)
        found.append(Row(person.code, " ".join(person.queues), cells, leave, len(mine), _short(hours)))
    return found


def burdens(made: Roster, rules: RosterRules) -> list[list[str]]:
    """Everybody's late ends, lunches away from noon and weekends, with those of the weeks before."""
    now, none = made.burdens(), Burden()
    found = []
    for person in rules.people:
        mine, before = now.get(person.code, none), made.before.get(person.code, none)
        pairs = ((mine.late, before.late), (mine.lunch, before.lunch), (mine.weekend, before.weekend))
        found.append([person.code, *(_with_before(*pair) for pair in pairs)])
    return found


def _with_before(count: int, before: int) -> str:
    return gettext("{n}（前の8週間 {before}）", n=count, before=before) if before else number(count)


def days(made: Roster) -> list[Day]:
    """Every day of the week that is open."""
    names = queue_names()
    return [
        Day(
            day_name(day),
            sum(duty.day == place for duty in made.duties),
            _drawing(made, place),
            _table(made, place),
            lacking(made, place, names),
            [
                Explained(duty.code, _shift(duty), _reasons(made, duty, names))
                for duty in made.duties
                if duty.day == place
            ],
        )
        for place, day in enumerate(made.days)
    ]


def lacking(made: Roster, place: int, names: Mapping[str, str]) -> list[str]:
    """What stays uncovered on a day, half hours that follow one another together."""

    def what(one: Lacking) -> tuple[tuple[str, ...], int]:
        return one.queues, one.count

    found = []
    mine = sorted((one for one in made.lacking if one.day == place), key=lambda one: (one.queues, one.starts))
    for (queues, count), same in groupby(mine, key=what):
        for starts, ends in _together([(one.starts, one.ends) for one in same]):
            time = span(clock(starts), clock(ends))
            found.append(
                gettext(
                    "{time}　{queues}のできる人が{n}人", time=time, queues=_listed(queues, names), n=count
                )
                if queues
                else gettext("{time}　窓口が{n}つ", time=time, n=count)
            )
    return found


def table(made: Roster) -> list[tuple[str | float | None, ...]]:
    """The rows of a CSV file, in the order of `COLUMNS`."""
    skills = {person.code: " ".join(person.queues) for person in made.people}
    return [
        (
            day.isoformat() if (day := made.days[duty.day].day) else "",
            WEEKDAYS[made.days[duty.day].weekday].template,
            duty.code,
            duty.kind,
            clock(duty.starts).zfill(5),
            clock(duty.ends).zfill(5),
            clock(duty.lunch[0]).zfill(5) if duty.lunch else "",
            clock(duty.lunch[1]).zfill(5) if duty.lunch else "",
            _short(f"{duty.hours:.2f}"),
            skills.get(duty.code, ""),
        )
        for duty in made.duties
    ]


def _shift(duty: Duty) -> Shift:
    lunch = span(clock(duty.lunch[0]), clock(duty.lunch[1])) if duty.lunch else ""
    return Shift(duty.kind, span(clock(duty.starts), clock(duty.ends)), lunch)


def _drawing(made: Roster, place: int) -> charts.Drawing:
    day = made.days[place]
    on = _on(made, place)
    lacking = [max(0, need - n) for need, n in zip(day.counters, on, strict=True)]
    under: list[charts.Row] = [(gettext("窓口にいる人"), "b", on)]
    if any(lacking):
        under.append((gettext("足りない"), "c", lacking))
    needed: charts.Row = (gettext("要る窓口"), "a", day.counters)
    return charts.bars_under_steps([clock(starts) for starts in day.starts], under, needed)


def _table(made: Roster, place: int) -> list[list[str]]:
    day = made.days[place]
    columns = zip(day.starts, day.ends, day.counters, _on(made, place), strict=True)
    return [
        [
            span(clock(starts), clock(ends)),
            number(needed),
            number(on),
            number(on - needed) if on - needed else "・",
        ]
        for starts, ends, needed, on in columns
    ]


def _on(made: Roster, place: int) -> list[int]:
    day = made.days[place]
    return [made.on(place, *slot) for slot in zip(day.starts, day.ends, strict=True)]


def _reasons(made: Roster, duty: Duty, names: Mapping[str, str]) -> list[str]:
    found = bindings(made, duty)
    if not found:
        return [gettext(SPARE)]
    counters = [one for one in found if not one.queues]
    skills = sorted((one for one in found if one.queues), key=lambda one: one.starts - one.ends)
    return [
        f"{span(clock(one.starts), clock(one.ends))}　{_said(one, names)}"
        for one in [*counters, *skills][:SHOWN]
    ]


def _said(one: Binding, names: Mapping[str, str]) -> str:
    values = {"needed": one.needed, "on": one.on}
    if not one.queues:
        return gettext(COUNTERS if one.on >= one.needed else SHORT_COUNTERS, **values)
    queues = _listed(one.queues, names)
    if (one.needed, one.on) == (1, 1):
        return gettext(ONLY, queues=queues)
    return gettext(SKILL if one.on >= one.needed else SHORT_SKILL, queues=queues, **values)


def _listed(queues: Sequence[str], names: Mapping[str, str]) -> str:
    return "／".join(names.get(queue, queue) for queue in queues)


def _together(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for starts, ends in spans:
        if found and found[-1][1] == starts:
            found[-1] = (found[-1][0], ends)
        else:
            found.append((starts, ends))
    return found


def _short(hours: str) -> str:
    return hours.rstrip("0").rstrip(".") if "." in hours else hours
