"""鍵の巻き直し: a new master key for the installation, while everybody goes on reading and writing."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.core.db import ground
from models.core.transaction import act
from models.operations import audit


def rotate(actor: str) -> int:
    """Wrap every key under a new master key and destroy the old one; how many keys. Noted in the entered space."""
    count = ground().keys.rotate()
    _note(actor, count)
    return count


@act
def _note(session: Session, actor: str, count: int) -> None:
    audit.note(session, actor, "keys.rotate", "", str(count))
