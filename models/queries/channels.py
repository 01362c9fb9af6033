"""送り方: which ways out are open, and what each needs to be used."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from models.core.db import ground, session
from models.core.errors import NotFound
from models.core.vault import unseal
from models.tables import Channel
from models.tables.message import CHANNELS

PURPOSE = "channel"
FOREVER = date.min
"""The day of keys that are not a day's: of what ways out need, and of hashed addresses."""


def is_open(name: str) -> bool:
    """Whether something sent this way would go out: only then may a page promise it."""
    return name in opened()


def opened() -> frozenset[str]:
    """The ways out that are open; e-mail also by the installation's `smtp_url`, unless the city closed it."""
    rows = session().execute(select(Channel.name, Channel.active)).all()
    known = {row.name: row.active for row in rows}
    if by_default() and known.get("email", True):
        known["email"] = True
    return frozenset(name for name, active in known.items() if active)


def by_default() -> bool:
    """Whether the installation has a mail server for every municipality."""
    settings = ground().settings
    return bool(settings.smtp_url and settings.mail_from)


def needs_of(name: str) -> dict[str, Any]:
    """What an open way needs, secrets with it; `NotFound` where it is not open."""
    if name not in CHANNELS or not is_open(name):
        raise NotFound
    sealed = session().scalar(select(Channel.needs).where(Channel.name == name, Channel.active))
    if sealed is None:
        settings = ground().settings
        return {"url": settings.smtp_url, "sender": settings.mail_from} if name == "email" else {}
    found: dict[str, Any] = json.loads(unseal(sealed, row=f"channel/{name}", field="needs"))
    return found


def host() -> str:
    """The name under which people reach this installation; empty where it has none yet."""
    return urlsplit(ground().settings.public_url).hostname or ""
