"""監査の鎖: entries of the audit in one gapless row, each code made over the one before; the key is the caller's."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

ORIGIN = b"\0" * 32
"""What stands before the first entry."""


@dataclass(frozen=True)
class Link:
    """One entry as it stands in the chain."""

    place: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str
    mac: bytes


@dataclass(frozen=True)
class End:
    """A place of the chain and its code: one end of it, or an anchor."""

    place: int
    mac: bytes


@dataclass(frozen=True)
class Broken:
    """The first place that is not as it was written, and how that shows."""

    place: int
    what: str


def content_of(at: datetime, actor: str, action: str, subject: str, detail: str) -> bytes:
    """An entry's words as they go into its code."""
    return "\x1f".join((at.isoformat(), actor, action, subject, detail)).encode()


def alone(key: bytes, content: bytes) -> bytes:
    """The code of an entry from before there was a chain."""
    return hmac.digest(key, content, hashlib.sha256)


def code(key: bytes, before: bytes, place: int, content: bytes) -> bytes:
    """The code of the entry at `place`, whose neighbour before it has the code `before`."""
    return hmac.digest(key, before + place.to_bytes(8, "big") + content, hashlib.sha256)


def follow(key: bytes, begin: End, links: Iterable[Link], anchors: dict[int, bytes]) -> End | Broken:
    """Go along the chain from where it begins: its end, or the first place that is not as it was.

    `anchors` are codes by place that were written down elsewhere.
    """
    at = begin
    for link in links:
        place = at.place + 1
        if link.place != place:
            return Broken(place, "missing")
        content = content_of(link.at, link.actor, link.action, link.subject, link.detail)
        if not hmac.compare_digest(code(key, at.mac, place, content), link.mac):
            return Broken(place, "changed, moved, or written without the key")
        if anchors.get(place, link.mac) != link.mac:
            return Broken(place, "not what the anchor says")
        at = End(place, link.mac)
    return at
