"""休みの日: on which dates somebody who is known by a code does not work."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.core.messages import Message, _n, message

DAY = re.compile(r"(20\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
MOST_LEAVE = 300
TOO_MUCH_LEAVE = _n("休みの日は{most}行までにしてください。過ぎた休みの行は消せます。")
NOBODYS_LEAVE = _n("休みの日の{n}番目：記号を「働く人」に書いたものから選んでください。")
BAD_LEAVE = _n("休みの日の{n}番目：日付を、早い日を先に書いてください。例：01, 2026-12-01, 2026-12-03")


@dataclass(frozen=True)
class Leave:
    """Somebody is away from the first to the last day, both included."""

    code: str
    first: date
    last: date


def read_day(given: object) -> date | None:
    """The date of `2026-12-01`, `2026/12/1` or `2026年12月1日`; None for anything else."""
    found = DAY.fullmatch(given.strip()) if isinstance(given, str) else None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def read_leave(
    given: object, codes: Collection[str], wrong: Callable[[str, Message], None]
) -> tuple[Leave, ...]:
    """The leave of a document by day, the same only once; `wrong` is told of what cannot be."""
    listed: list[Any] = given if isinstance(given, list) else [given] if given else []
    if len(listed) > MOST_LEAVE:
        wrong("leave", message(TOO_MUCH_LEAVE, most=MOST_LEAVE))
        return ()
    found = set()
    for n, one in enumerate(listed, 1):
        part = one if isinstance(one, dict) else {}
        code, first = part.get("code"), read_day(part.get("from"))
        last = read_day(part.get("to")) if part.get("to") else first
        if not isinstance(code, str) or code not in codes:
            wrong("leave", message(NOBODYS_LEAVE, n=n))
        elif first is None or last is None or last < first:
            wrong("leave", message(BAD_LEAVE, n=n))
        else:
            found.add(Leave(code, first, last))
    return tuple(sorted(found, key=lambda one: (one.first, one.last, one.code)))
