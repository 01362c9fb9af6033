"""送り方 as the administrator sees them: open or not, since when, and what each has; secrets are never among it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from models.core.db import session
from models.core.vault import unseal
from models.queries.channels import by_default, opened
from models.rules.channels import WAYS
from models.tables import Channel

SECRET = ("token", "secret", "private_key")


@dataclass(frozen=True)
class WayView:
    """One way out; `shown` may be seen, `secret` says that there is something that may not."""

    name: str
    open: bool
    by_default: bool
    changed_at: datetime | None = None
    changed_by: str = ""
    shown: Mapping[str, str] = field(default_factory=dict)
    secret: bool = False


def ways() -> tuple[WayView, ...]:
    """Every way out in the house's order."""
    return tuple(way(name) for name in WAYS)


def way(name: str) -> WayView:
    """One way out."""
    row, active = session().get(Channel, name), name in opened()
    inherited = name == "email" and by_default() and (row is None or row.needs is None)
    if row is None:
        return WayView(name, active, inherited)
    kept = kept_needs(name)
    return WayView(
        name, active, inherited, row.changed_at, row.changed_by, seen(name, kept), bool(hidden(name, kept))
    )


def kept_needs(name: str) -> dict[str, Any]:
    """What was given for a way, secrets with it, also while it is closed; for operations only."""
    row = session().get(Channel, name)
    if row is None or row.needs is None:
        return {}
    found: dict[str, Any] = json.loads(unseal(row.needs, row=f"channel/{name}", field="needs"))
    return found


def push_key() -> str:
    """The public key (base64url) with which a browser subscribes; empty where push is closed."""
    return str(kept_needs("push").get("public_key", "")) if "push" in opened() else ""


def line_account() -> str:
    """The name of the city's LINE account, where people can send it codes; empty where LINE is closed or only sends."""
    kept = kept_needs("line") if "line" in opened() else {}
    return str(kept["account"]) if kept.get("secret") and kept.get("account") else ""


def seen(name: str, needs: Mapping[str, Any]) -> dict[str, str]:
    """What may be seen of a way's needs, by the boxes of its form."""
    found = {key: str(value) for key, value in needs.items() if key not in (*SECRET, "public_key")}
    if name != "email" or "url" not in found:
        return found
    server = _server(needs)
    del found["url"], server["password"]
    return found | server


def hidden(name: str, needs: Mapping[str, Any]) -> dict[str, str]:
    """What may not; for operations only."""
    found = {key: str(needs[key]) for key in SECRET if needs.get(key)}
    password = _server(needs).get("password", "") if name == "email" else ""
    return found | ({"password": password} if password else {})


def _server(kept: Mapping[str, Any]) -> dict[str, str]:
    """The parts of a mail server's address."""
    parts = urlsplit(str(kept.get("url", "")))
    if parts.scheme not in ("smtp", "smtps"):
        return {}
    return {
        "server": parts.hostname or "",
        "port": str(parts.port or ""),
        "security": parts.scheme,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
    }
