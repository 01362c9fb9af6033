"""変更の記録: inside an act that sets something, what it was before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict
from models.core.messages import _n
from models.rules.setting_marks import mark
from models.tables import SettingChange


class OtherState(Conflict):
    """The setting is not as it was when somebody looked: look again."""

    kind = "preview-outdated"
    default = _n("見たあとに、ほかの人が変えました。もう一度、変わるところを確かめてください。")


def judge(before: Any, seen: str) -> None:
    """Inside an act, with the setting locked: `OtherState` where it is not what was seen (its mark)."""
    if mark(before) != seen:
        raise OtherState


def keep_parts(
    session: Session, topic: str, of: str, before: Any, after: Mapping[str, Any], actor: str
) -> None:
    """Keep those of some numbers that are others than `before` (an object with their names) had them."""
    old = {name: getattr(before, name) for name in after}
    changed = [name for name in after if after[name] != old[name]]
    was, is_now = ({name: kept[name] for name in changed} for kept in (old, after))
    keep(session, topic, of, was, is_now, actor)


def keep(session: Session, topic: str, of: str, before: Any, after: Any, actor: str) -> None:
    """Keep one change beside the act's entry in the audit; nothing where both are the same."""
    if before != after:
        session.add(SettingChange(topic=topic, of=of, before=before, after=after, at=now(), by=actor[:60]))
