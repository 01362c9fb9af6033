"""なぜこの数か: why a half hour of a plan needs its counters, in sentences for a manager."""

from __future__ import annotations

from models.core.messages import Message, _n
from models.rules.planning.opening_hours import WEEKDAYS, plain
from models.rules.planning.staffing import DayPlan, Interval, Target

FELT = 0.05
"""Fewer busy counters than this from before are not worth a word."""
NOBODY = _n("来る人の記録がない時間ですが、開いているあいだは{needed}窓口を置きます。")
PEOPLE = _n(
    "この時間に来る人：{people}人の見込みです（{weekday} {days}日の記録から）。手続時間は平均 {minutes}分です。"
)
BUSY = _n("手続き中の窓口：平均 {busy}。")
CARRIED = _n(
    "手続き中の窓口：平均 {busy}。このうち {carried} は、前の時間に来て手続きが続いている人の分です。"
)
EXPECTED = _n("見込みどおりに来るなら、{share}%の人を{within}分以内に呼ぶには {expected}窓口で足ります。")
SAFE = _n("来る人の数は日によって±{unsure}%ほど変わるので、備えに{more}窓口を足して {needed}窓口です。")
ENOUGH = _n("来る人の数は日によって±{unsure}%ほど変わりますが、その日も {needed}窓口で足ります。")
CERTAIN = _n("だから {needed}窓口です。")
CAPPED = _n(
    "この庁舎で開けられるのは {counters}窓口なので、{short}窓口足りません。"
    "予約をほかの時間に移すか、記入して来る人を増やすと、要る数が減ります。"
)


def reasons(day: DayPlan, interval: Interval, target: Target) -> list[Message]:
    """Who comes, who is still there, what the target asks for, what is held ready, what the office cannot open."""
    why = interval.why
    if not why.busy:
        return [Message(NOBODY, {"needed": interval.needed})]
    people = interval.arrivals_per_hour * (interval.ends - interval.starts) / 60
    values = {
        "people": plain(round(people, 1)),
        "weekday": WEEKDAYS[day.weekday],
        "days": day.days,
        "minutes": plain(round(interval.handling_minutes, 1)),
        "busy": plain(round(why.busy, 1)),
        "carried": plain(round(why.carried, 1)),
        "share": plain(round(100 * target.share, 1)),
        "within": plain(target.within_minutes),
        "expected": why.expected,
        "unsure": round(100 * why.unsure),
        "more": interval.needed - why.expected,
        "needed": interval.needed,
        "counters": interval.counters,
        "short": interval.short_by,
    }
    last = CERTAIN if not why.unsure else SAFE if interval.needed > why.expected else ENOUGH
    busy = CARRIED if why.carried >= FELT else BUSY
    capped = (CAPPED,) if interval.short_by > 0 else ()
    return [Message(text, values) for text in (PEOPLE, busy, EXPECTED, last, *capped)]
