"""裾野市の例: 60 minutes of wait become 15, 34 of handling 15, and everything that is assumed for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from models.core.messages import Message, _n, message
from models.rules.planning.what_if import DAYS, Comparison, Scene, compare, with_slots

PROFILE = (
    0.9, 0.9, *[1.1] * 4, *[1.35] * 4, *[1.25] * 4, *[0.9] * 4, *[1.2] * 4, *[1.15] * 4, *[1.0] * 4, *[0.75] * 4, 0.5
)  # fmt: skip
MIX = (0.35, 0.15, 0.15, 0.15, 0.2)
MEANS = (48.0, 28.0, 40.0, 25.0, 16.0)
BEFORE = Scene(161, PROFILE, MIX, MEANS, counters=10, closes=525.0)
"""A peak day as it was: nobody books, nobody has filled in a form before coming."""


@dataclass(frozen=True)
class Assumption:
    """Something the example rests on; `known` where the city itself has said it."""

    text: Message
    known: bool


ASSUMPTIONS = (
    Assumption(message(_n("待ち時間は60分から15分に、手続時間は34分から15分になった。")), known=True),
    Assumption(message(_n("窓口は10か所、昼は3・4・3か所ずつ交代で休む。")), known=False),
    Assumption(message(_n("混む日には161人が来て、10時から12時がもっとも多い。")), known=False),
    Assumption(message(_n("手続きは5種類で、1件16分から48分。ばらつきは平均の半分。")), known=False),
    Assumption(message(_n("予約した人の7%は来ない。来る人は平均で6分早く着く。")), known=False),
)


@cache
def scenes() -> Mapping[str, Scene]:
    """The ways that are compared with `BEFORE`, by name: what is booked, filled in before, and staffed."""
    part = Scene(161, PROFILE, MIX, MEANS, 10, 525.0, booked=0.3, prefilled_booked=0.8)
    everybody = Scene(161, PROFILE, MIX, MEANS, 10, 525.0, prefilled_walk_in=1.0)
    fewer = Scene(161, PROFILE, MIX, MEANS, 6, 525.0, prefilled_walk_in=1.0)
    alone = Scene(161, PROFILE, MIX, MEANS, 10, 525.0, booked=0.7)
    return {
        "booked_and_prefilled": with_slots(part),
        "everybody_prefilled": everybody,
        "everybody_prefilled_fewer_counters": fewer,
        "booked_alone": with_slots(alone),
    }


@cache
def example(name: str, days: int = DAYS) -> Comparison:
    """Before beside one of the `scenes`."""
    return compare(BEFORE, scenes()[name], days)
