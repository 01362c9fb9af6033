"""変更の記録: changes as a setting's page tells them, and the one that an address names to go back before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.core.errors import NotFound
from models.core.messages import _n
from models.queries import setting_changes
from models.queries.setting_changes import ChangeView
from web.languages import gettext

LONGEST_NUMBER = 9
MOST_SAID = 8
YES, NO, NO_MORE = _n("はい"), _n("いいえ"), _n("なし")
Line = tuple[str, str, str]
"""The name of a part of a setting, as it is and as it would be."""


@dataclass(frozen=True)
class ChangeLine:
    """A change that was done: when, by whom, what in words; `back` is where going back is looked at, or empty."""

    at: datetime
    by: str
    what: tuple[str, ...]
    back: str = ""


def named(number: str, *topics: str, of: str) -> ChangeView:
    """The change of this setting with this number, as an address has it (`back`); `NotFound` where there is none."""
    if not number.isdecimal() or len(number) > LONGEST_NUMBER:
        raise NotFound
    return setting_changes.one(int(number), *topics, of=of)


def told(
    lines: Callable[[ChangeView], Sequence[Line]],
    *topics: str,
    of: str = "",
    back: Callable[[ChangeView], str] = lambda _: "",
) -> list[ChangeLine]:
    """The newest changes in words; without `back` there is no way back."""
    return [
        ChangeLine(one.at, one.by, tuple(_said(lines(one))), back(one))
        for one in setting_changes.history(*topics, of=of)
    ]


def parts(
    labels: Mapping[str, str], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[str, Any, Any]]:
    """Those parts of a setting that differ, by their labels in the reader's language."""
    return [
        (gettext(label), before.get(name), after.get(name))
        for name, label in labels.items()
        if before.get(name) != after.get(name)
    ]


def plain_parts(labels: Mapping[str, str], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Line]:
    """The same as people read them: yes and no, several things in a row, nothing where there is nothing."""
    return [(label, plainly(old), plainly(new)) for label, old, new in parts(labels, before, after)]


def row_lines(
    said: Callable[[Mapping[str, Any]], str],
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    key: str = "name",
) -> list[Line]:
    """Those of several things that differ, by their names; `said` tells one in a line."""
    old, new = (_by(key, said, rows) for rows in (before, after))
    return [
        (name, old.get(name, ""), new.get(name, ""))
        for name in sorted({*old, *new}, key=lambda found: (len(found), found))
        if old.get(name) != new.get(name)
    ]


def _by(
    key: str, said: Callable[[Mapping[str, Any]], str], rows: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """Each thing by its name; where several have one name, all of them."""
    found: dict[str, str] = {}
    for one in rows:
        found[one[key]] = "\n".join(filter(None, (found.get(one[key], ""), said(one))))
    return found


def headed(name: str, lines: Sequence[Line]) -> list[Line]:
    """The lines of one thing of many: its name stands before the first."""
    return [(f"{name}　{label}", old, new) for label, old, new in lines[:1]] + list(lines[1:])


def counted(
    labels: Mapping[str, str], units: Mapping[str, str], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Line]:
    """As `plain_parts`, each number with its unit."""
    return [
        (
            gettext(label),
            with_unit(before.get(name), units.get(name, "")),
            with_unit(after.get(name), units.get(name, "")),
        )
        for name, label in labels.items()
        if before.get(name) != after.get(name)
    ]


def with_unit(value: Any, unit: str) -> str:
    """A number with what it counts: 5分; anything else as it is said in a line."""
    said = plainly(value)
    return gettext("{n}{unit}", n=said, unit=gettext(unit)) if said and unit else said


def plainly(value: Any) -> str:
    """A value in a line."""
    if isinstance(value, bool):
        return gettext(YES if value else NO)
    if isinstance(value, (list, tuple)):
        return gettext("、").join(map(str, value))
    return "" if value is None else str(value)


def _said(lines: Sequence[Line]) -> list[str]:
    ends = gettext(NO_MORE)
    found = [
        f"{name}{gettext('：')}{f'{before} → ' if before else ''}{after or ends}"
        for name, before, after in lines
        if before or after
    ]
    more = len(found) - MOST_SAID
    return found[:MOST_SAID] + ([gettext("ほか {n}行", n=more)] if more > 0 else [])
