"""市のLINE公式アカウント: what LINE's servers tell of it, proven by their signature, and the link that writes to it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import quote

ACCOUNT = re.compile(r"@[a-z0-9._-]{3,30}")
"""The name under which people find it (basic or premium ID)."""
PERSON = re.compile(r"U[0-9a-f]{32}")
EVENT = re.compile(r"[0-9A-Za-z]{10,40}")
CODE_LIKE = re.compile(r"[0-9A-Z]{8}")
MOST_EVENTS = 100
LONGEST_TEXT = 40


@dataclass(frozen=True)
class Heard:
    """Somebody wrote a short text, or wants to hear nothing any more (`left`); `event` is LINE's name of it."""

    kind: Literal["text", "left"]
    event: str
    at: datetime
    person: str = field(repr=False)
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class Delivery:
    """What came in one call: for whose account, and what matters here."""

    account: str
    events: tuple[Heard, ...]


def signed(secret: str, body: bytes, signature: str) -> bool:
    """Whether whoever knows the channel's secret signed exactly these bytes; takes as long for any answer."""
    wanted = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(wanted, signature.encode("utf-8", "replace"))


def delivery(body: bytes) -> Delivery:
    """The events of a call, without groups, pictures and whatever else is not for us; ValueError where it is none."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise ValueError from problem
    if not isinstance(given, dict) or not isinstance(given.get("events"), list):
        raise ValueError
    account = given.get("destination")
    if not isinstance(account, str) or not PERSON.fullmatch(account):
        raise ValueError
    return Delivery(account, tuple(_heard(given["events"][:MOST_EVENTS])))


def code_like(text: str) -> bool:
    """Whether a text looks like a code, so that its sender waits for an answer; all else is for people to read."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return bool(CODE_LIKE.fullmatch(re.sub(r"[\s‐‑–—ー−-]", "", plain)))


def link(account: str, text: str) -> str:
    """The address that opens LINE with this text ready to be sent to the account."""
    return f"https://line.me/R/oaMessage/{quote(account, safe='')}/?{quote(text, safe='')}"


def _heard(events: list[Any]) -> Iterator[Heard]:
    for one in events:
        try:
            person, event = one["source"]["userId"], one["webhookEventId"]
            at = datetime.fromtimestamp(int(one["timestamp"]) / 1000, UTC)
            alone = one["source"]["type"] == "user" and PERSON.fullmatch(person) and EVENT.fullmatch(event)
            if alone and one["type"] == "unfollow":
                yield Heard("left", event, at, person)
            elif alone and one["type"] == "message" and one["message"]["type"] == "text":
                yield Heard("text", event, at, person, str(one["message"]["text"])[:LONGEST_TEXT])
        except (KeyError, TypeError, ValueError, OverflowError, OSError):
            continue
