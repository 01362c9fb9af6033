"""変更の記録: inside an act that sets something, what it was before and after."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from models.core.clock import now
from models.tables import SettingChange


def keep(session: Session, topic: str, of: str, before: Any, after: Any, actor: str) -> None:
    """Keep one change beside the act's entry in the audit; nothing where both are the same."""
    if before != after:
        session.add(SettingChange(topic=topic, of=of, before=before, after=after, at=now(), by=actor[:60]))
