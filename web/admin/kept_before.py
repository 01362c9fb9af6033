"""前の設定: what a form's numbers or words were before a change, in its boxes again, and the changes in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from models.core.messages import _n
from models.queries import setting_changes
from web.admin.change_lines import ChangeLine, named
from web.languages import gettext

YES, NO, NONE = _n("はい"), _n("いいえ"), _n("なし")


def asked_before(of: str, *topics: str) -> dict[str, Any]:
    """What was before the change that the address names (`back`); empty where it names none."""
    number = request.args.get("back", "")
    if not number:
        return {}
    return dict(named(number, *topics, of=of).before)


def boxed(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as a form's boxes hold them."""
    return {name: _text(value) for name, value in values.items()}


def plainly(value: Any) -> str:
    """A value in a sentence: yes, no, none, or as it is."""
    if isinstance(value, bool):
        return gettext(YES if value else NO)
    return str(value) if value not in (None, "") else gettext(NONE)


def told(
    of: str,
    topics: Mapping[str, Callable[[str], str]],
    said: Callable[[Any], str],
    here: Callable[[int], str],
) -> list[ChangeLine]:
    """The newest changes of a setting; `topics` name their parts, `said` a value, `here` is where going back is."""
    return [
        ChangeLine(
            one.at,
            one.by,
            tuple(
                f"{topics[one.topic](name)}{gettext('：')}{said(one.before[name])} → {said(after)}"
                for name, after in one.after.items()
            ),
            here(one.id),
        )
        for one in setting_changes.history(*topics, of=of)
    ]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    return "" if value is None else str(value)
