"""伏せたまま持ち回る: what was typed into a secret box comes back from the page that is looked at first, unread."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app, g

from models.core.clock import now
from models.core.errors import FieldProblem, Invalid
from models.core.messages import _n, message
from web.access import visitor

SUFFIX = ".held"
SECONDS = 1800
TYPE_AGAIN = _n("時間がたったので、もう一度入力してください。")


def hold(fields: Iterable[tuple[str, str]], secret: frozenset[str]) -> list[tuple[str, str]]:
    """The fields of a form for the page that asks once more: what stands in a secret box only the house can read."""
    return [
        (f"{name}{SUFFIX}", _lock().encrypt_at_time(text.encode(), _seconds()).decode()) if name in secret and text
        else (name, text)
        for name, text in fields
    ]  # fmt: skip


def typed(form: Mapping[str, str], name: str) -> str:
    """What was typed into a box now, or before somebody looked; `Invalid` half an hour later."""
    kept = form.get(f"{name}{SUFFIX}", "")
    if not kept:
        return form.get(name, "")
    try:
        return _lock().decrypt_at_time(kept, SECONDS, _seconds()).decode()
    except InvalidToken as refused:
        raise Invalid([FieldProblem(name, message(TYPE_AGAIN))]) from refused


def _lock() -> Fernet:
    """Of this municipality and this person only."""
    whose = "\n".join(("held", g.municipality.code, visitor().actor, str(current_app.secret_key)))
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(whose.encode()).digest()))


def _seconds() -> int:
    return int(now().timestamp())
