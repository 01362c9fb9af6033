"""The city's own system: told what happened, signed, without any address or link of a person."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

from models.core.clock import now
from models.queries.letters import Letter
from scheduler.senders.calls import call
from scheduler.senders.sending import Outcome, Sender, stable_id


class Webhook(Sender):
    """POST of JSON, with `Maeniwa-Timestamp` and `Maeniwa-Signature` = HMAC-SHA256 of `TIMESTAMP.BODY`."""

    def __init__(self, needs: Mapping[str, str], allowed: frozenset[str]) -> None:
        """`needs`: `url` and `secret`."""
        self._needs, self._allowed = needs, allowed

    def send(self, letter: Letter) -> Outcome:
        """Tell it once."""
        told = {"id": stable_id(letter), "created_at": letter.created_at.isoformat(), **letter.facts}
        body, stamp = json.dumps(told, ensure_ascii=False).encode(), str(int(now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Maeniwa-Id": stable_id(letter),
            "Maeniwa-Timestamp": stamp,
            "Maeniwa-Signature": f"sha256={signature(self._needs['secret'], stamp, body)}",
        }
        return call(self._needs["url"], body, headers, self._allowed)

    def close(self) -> None:
        """Nothing is held open."""


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Hexadecimal HMAC-SHA256 over the time stamp, a point and the body."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
