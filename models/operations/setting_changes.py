"""変更の記録: inside an act that sets something, what it was before and after."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict
from models.core.messages import _n
from models.rules.setting_marks import mark
from models.tables import Office, SettingChange


class OtherState(Conflict):
    """The setting is not as it was when somebody looked: look again."""

    kind = "preview-outdated"
    default = _n("見たあとに、ほかの人が変えました。もう一度、変わるところを確かめてください。")


def alone(session: Session) -> None:
    """Inside an act on a setting of the whole city: another administrator's waits until it ends."""
    session.execute(select(Office.id).order_by(Office.id).limit(1).with_for_update())


def judge(before: Any, seen: str | None) -> None:
    """Inside an act, with the setting locked: `OtherState` where it has another mark than was seen.

    None: nobody looked, as where the house itself sets something.
    """
    if seen is not None and mark(before) != seen:
        raise OtherState


def keep(session: Session, topic: str, of: str, before: Any, after: Any, actor: str) -> None:
    """Keep one change beside the act's entry in the audit; nothing where both are the same."""
    if before != after:
        session.add(SettingChange(topic=topic, of=of, before=before, after=after, at=now(), by=actor[:60]))
