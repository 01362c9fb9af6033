"""監査記録: who did what to which row, written with the act itself and never with personal values."""

from __future__ import annotations

import hashlib
import hmac

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import ground, plain
from models.core.space import current_space
from models.tables import AuditEntry

RESIDENT = "resident"


def note(session: Session, actor: str, action: str, subject: str, detail: str = "") -> None:
    """Add one entry to the running act; its code is keyed from outside the database."""
    at = now()
    content = "\x1f".join((at.isoformat(), actor, action, subject, detail)).encode()
    key = ground().keys.audit_key(current_space().code)
    mac = hmac.new(key, content, hashlib.sha256).digest()
    row = {"at": at, "actor": actor, "action": action, "subject": subject, "detail": detail, "mac": mac}
    session.execute(insert(plain(AuditEntry)), row)
