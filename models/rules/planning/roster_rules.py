"""勤務の決まり: who can work how, the kinds of shifts, when lunch may be, and how much there is of everything.

People stand under the office's own short codes, never under names. Minutes are after midnight, weekdays 0 = Monday.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.core.errors import FieldProblem, Invalid
from models.core.messages import Message, _n, message
from models.rules import mynumber
from models.rules.planning.roster_leave import Leave, read_leave

CODE = re.compile(r"[0-9A-Za-z-]{1,6}")
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
MOST_KINDS, MOST_PEOPLE, LONGEST_NAME = 20, 80, 12
EARLIEST, LATEST, STEP = 5 * 60, 23 * 60, 15
LONGEST_LUNCH = 120
LAW = ((8 * 60, 60), (6 * 60, 45))
"""Working longer than the first needs a break of the second (労働基準法 第34条), in minutes."""

NO_KINDS = _n("勤務の型を1つは書いてください。")
TOO_MANY = _n("{most}件までにしてください。")
BAD_NAME = _n("勤務の型の{n}番目：名前は{most}文字までで、ほかと違うものにしてください。")
BAD_TIMES = _n(
    "勤務の型「{name}」：始まりと終わりを確かめてください。5:00から23:00の間で、15分きざみです。例：8:30"
)
BAD_BREAK = _n("勤務の型「{name}」：昼休みは0から120までの15分きざみの分で書いてください。")
SHORT_BREAK = _n(
    "勤務の型「{name}」：{hours}時間より長く働くので、昼休みが{needed}分は要ります（労働基準法 第34条）。"
)
NO_LUNCH_TIME = _n("勤務の型「{name}」：昼休みを取れる時間に{minutes}分の昼休みが入りません。")
BAD_LUNCH = _n("昼休みを取れる時間を確かめてください。始まりを終わりより前に、15分きざみで書きます。")
BAD_CODE = _n("職員の{n}番目：記号は英数字6文字まで、ほかの人と違うものにしてください。氏名は書きません。")
BAD_QUEUE = _n("職員「{code}」：業務「{given}」はありません。{known} から選んでください。")
BAD_KIND = _n("職員「{code}」：勤務の型「{given}」はありません。{known} から選んでください。")
BAD_WEEKDAYS = _n("職員「{code}」：曜日は「月水金」のように書いてください。")
BAD_DAYS = _n("職員「{code}」：週に働く日数は1から7までの数で書いてください。")
BAD_PART = _n("この形では読めません。例を確かめてください。")
BAD_HOURS = _n("1週間に使える時間は1から10000までの数で書くか、空けてください。")
BAD_PEOPLE = _n("1日に出る人数は1から{most}までの数で書くか、空けてください。")
WEEKDAYS = "月火水木金土日"
Wrong = Callable[[str, Message], None]
"""Is told of a part that is wrong, and why."""


@dataclass(frozen=True)
class Kind:
    """One kind of shift, with so many minutes of lunch inside (0: none)."""

    name: str
    starts: int
    ends: int
    lunch: int = 0

    @property
    def minutes(self) -> int:
        """Worked minutes, without lunch."""
        return self.ends - self.starts - self.lunch


@dataclass(frozen=True)
class Person:
    """Somebody by a code: the queues and kinds of shifts that can be theirs (none: all), on which days, how many."""

    code: str
    queues: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    most_days: int = 5


@dataclass(frozen=True)
class RosterRules:
    """What a roster is made of; lunches lie inside `lunch_from` and `lunch_to`. None: no limit."""

    kinds: tuple[Kind, ...]
    people: tuple[Person, ...] = ()
    lunch_from: int = 11 * 60
    lunch_to: int = 14 * 60
    most_hours: float | None = None
    most_people: int | None = None
    leave: tuple[Leave, ...] = ()

    def is_away(self, code: str, day: date | None) -> bool:
        """Whether somebody has leave on a date; on a weekday without a date nobody has."""
        return day is not None and any(
            one.code == code and one.first <= day <= one.last for one in self.leave
        )

    @property
    def whole_hours(self) -> float:
        """The hours a week of all people who are there, each working their longest kind of shift."""
        longest = {kind.name: kind.minutes for kind in self.kinds}
        return (
            sum(
                max(longest[name] for name in (one.kinds or longest)) * min(one.most_days, len(one.weekdays))
                for one in self.people
            )
            / 60
        )


SHIPPED = RosterRules(
    (Kind("一日", 510, 1035, 60), Kind("午前", 510, 750), Kind("午後", 780, 1035)),
)


def document(rules: RosterRules) -> dict[str, Any]:
    """The rules as they are kept, and as systems send them."""
    return {
        "kinds": [
            {
                "name": one.name,
                "starts": clock(one.starts),
                "ends": clock(one.ends),
                "lunch_minutes": one.lunch,
            }
            for one in rules.kinds
        ],
        "people": [
            {
                "code": one.code,
                "queues": list(one.queues),
                "kinds": list(one.kinds),
                "weekdays": list(one.weekdays),
                "days": one.most_days,
            }
            for one in rules.people
        ],
        "lunch": {"from": clock(rules.lunch_from), "to": clock(rules.lunch_to)},
        "budget_hours": rules.most_hours,
        "max_per_day": rules.most_people,
        "leave": [
            {"code": one.code, "from": one.first.isoformat(), "to": one.last.isoformat()}
            for one in rules.leave
        ],
    }


def checked(given: Mapping[str, Any], queues: Collection[str], field: str = "") -> RosterRules:
    """The rules of a document; `Invalid` names everything that is wrong, each under `field` and its part."""
    problems: list[FieldProblem] = []

    def wrong(part: str, why: Message) -> None:
        problems.append(FieldProblem(f"{field}{part}", why))

    kinds = _kinds(given, wrong)
    lunch = _lunch(given, wrong)
    if lunch:
        for kind in kinds:
            if kind.lunch and not lunch_begins(kind, *lunch):
                wrong("lunch", message(NO_LUNCH_TIME, name=kind.name, minutes=kind.lunch))
    people = _people(given, {kind.name for kind in kinds}, queues, wrong) if kinds else ()
    leave = read_leave(given.get("leave"), {one.code for one in people}, wrong) if people else ()
    hours, most = given.get("budget_hours"), given.get("max_per_day")
    if hours is not None and not (_is_number(hours) and 1 <= hours <= 10_000):
        wrong("budget_hours", message(BAD_HOURS))
    if most is not None and not (_is_whole(most) and 1 <= most <= 200):
        wrong("max_per_day", message(BAD_PEOPLE, most=200))
    if problems:
        raise Invalid(problems)
    assert lunch is not None
    return RosterRules(kinds, people, *lunch, None if hours is None else float(hours), most, leave)


def kept(own: Mapping[str, Any]) -> RosterRules:
    """The rules of a document that was checked when it was kept, whatever queues there are by now."""
    return checked(own, {queue for one in own["people"] for queue in one["queues"]})


def lunch_begins(kind: Kind, lunch_from: int, lunch_to: int) -> list[int]:
    """When the lunch of a kind may begin, every half hour; never at the begin or the end of the shift."""
    first = max(lunch_from, kind.starts + STEP)
    last = min(lunch_to, kind.ends - STEP) - kind.lunch
    return list(range(first, last + 1, 30)) if kind.lunch else []


def clock(minute: int) -> str:
    """`08:30`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def is_name(given: object) -> bool:
    """Whether a kind of shift can be called so."""
    if not isinstance(given, str) or not 0 < len(given.strip()) <= LONGEST_NAME:
        return False
    return given.isprintable() and not mynumber.contains_my_number(given)


def read_clock(given: object) -> int | None:
    """Minutes of `8:30`; None for anything else."""
    found = CLOCK.fullmatch(given.strip()) if isinstance(given, str) else None
    return int(found[1]) * 60 + int(found[2]) if found else None


def _kinds(given: Mapping[str, Any], wrong: Wrong) -> tuple[Kind, ...]:
    listed = given.get("kinds")
    if not isinstance(listed, list) or not listed:
        wrong("kinds", message(NO_KINDS))
        return ()
    if len(listed) > MOST_KINDS:
        wrong("kinds", message(TOO_MANY, most=MOST_KINDS))
        return ()
    found: dict[str, Kind] = {}
    for n, one in enumerate(listed, 1):
        name = one.get("name") if isinstance(one, dict) else None
        if not isinstance(name, str) or not is_name(name) or name.strip() in found:
            wrong("kinds", message(BAD_NAME, n=n, most=LONGEST_NAME))
            continue
        kind = _kind(name.strip(), one, wrong)
        if kind:
            found[kind.name] = kind
    return tuple(found.values())


def _kind(name: str, one: Mapping[str, Any], wrong: Wrong) -> Kind | None:
    starts, ends, lunch = (
        read_clock(one.get("starts")),
        read_clock(one.get("ends")),
        one.get("lunch_minutes", 0),
    )
    if not _is_span(starts, ends):
        wrong("kinds", message(BAD_TIMES, name=name))
        return None
    if not _is_whole(lunch) or not 0 <= lunch <= LONGEST_LUNCH or lunch % STEP:
        wrong("kinds", message(BAD_BREAK, name=name))
        return None
    assert starts is not None
    assert ends is not None
    kind = Kind(name, starts, ends, lunch)
    for worked, needed in LAW:
        if kind.minutes > worked and lunch < needed:
            wrong("kinds", message(SHORT_BREAK, name=name, hours=worked // 60, needed=needed))
            return None
    if kind.minutes <= 0:
        wrong("kinds", message(BAD_TIMES, name=name))
        return None
    return kind


def _lunch(given: Mapping[str, Any], wrong: Wrong) -> tuple[int, int] | None:
    part = given.get("lunch") or {"from": "11:00", "to": "14:00"}
    ends = [read_clock(part.get(end)) for end in ("from", "to")] if isinstance(part, dict) else [None, None]
    if not _is_span(*ends):
        wrong("lunch", message(BAD_LUNCH))
        return None
    assert ends[0] is not None
    assert ends[1] is not None
    return ends[0], ends[1]


def _people(
    given: Mapping[str, Any], kinds: Collection[str], queues: Collection[str], wrong: Wrong
) -> tuple[Person, ...]:
    listed = given.get("people") or []
    if not isinstance(listed, list):
        wrong("people", message(BAD_PART))
        return ()
    if len(listed) > MOST_PEOPLE:
        wrong("people", message(TOO_MANY, most=MOST_PEOPLE))
        return ()
    found: dict[str, Person] = {}
    for n, one in enumerate(listed, 1):
        code = one.get("code") if isinstance(one, dict) else None
        if not isinstance(code, str) or not CODE.fullmatch(code) or code in found:
            wrong("people", message(BAD_CODE, n=n))
            continue
        person = _person(code, one, kinds, queues, wrong)
        if person:
            found[code] = person
    return tuple(found.values())


def _person(
    code: str, one: Mapping[str, Any], kinds: Collection[str], queues: Collection[str], wrong: Wrong
) -> Person | None:
    mine: list[tuple[str, ...]] = []
    for part, known, why in (("queues", queues, BAD_QUEUE), ("kinds", kinds, BAD_KIND)):
        values = one.get(part) or []
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            wrong("people", message(BAD_PART))
            return None
        unknown = [value for value in values if value not in known]
        if unknown:
            wrong(
                "people",
                message(
                    why, code=code, given=mynumber.masked(unknown[0])[:12], known="、".join(sorted(known))
                ),
            )
            return None
        mine.append(tuple(dict.fromkeys(values)))
    weekdays = one.get("weekdays")
    weekdays = list(range(7)) if weekdays in (None, []) else weekdays
    if not isinstance(weekdays, list) or not all(_is_whole(day) and 0 <= day <= 6 for day in weekdays):
        wrong("people", message(BAD_WEEKDAYS, code=code))
        return None
    days = one.get("days", 5)
    if not _is_whole(days) or not 1 <= days <= 7:
        wrong("people", message(BAD_DAYS, code=code))
        return None
    return Person(code, mine[0], mine[1], tuple(sorted(set(weekdays))), days)


def _is_span(starts: int | None, ends: int | None) -> bool:
    return (
        starts is not None
        and ends is not None
        and EARLIEST <= starts < ends <= LATEST
        and starts % STEP == ends % STEP == 0
    )


def _is_whole(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool)


def _is_number(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)
