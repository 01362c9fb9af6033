"""A system inside the closed network: told by a signed POST, with the receipt as the name of what it gets."""

from __future__ import annotations

from models.core.clock import now
from scheduler.carriers.closed_network import post
from scheduler.senders.sending import Outcome
from scheduler.senders.webhook import signature


class Webhook:
    """POST of the file, signed like every webhook of the house: HMAC-SHA256 of `TIMESTAMP.BODY`."""

    def __init__(self, url: str, secret: str, allowed: frozenset[str]) -> None:
        """`allowed`: the machines of the city's own network that may be called."""
        self._url, self._secret, self._allowed = url, secret, allowed

    def carry(self, receipt: str, name: str, media: str, content: bytes) -> Outcome:
        """Post it once; at every try it carries the same receipt."""
        stamp = str(int(now().timestamp()))
        headers = {
            "Content-Type": media,
            "Maeniwa-Id": receipt,
            "Maeniwa-Timestamp": stamp,
            "Maeniwa-Signature": f"sha256={signature(self._secret, stamp, content)}",
        }
        return post(self._url, content, headers, self._allowed)
