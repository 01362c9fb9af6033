"""届いていないお知らせ: what could not be sent, and what is being tried again; no address in full and no name."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.sql import ColumnElement

from models.core.clock import now
from models.core.db import session
from models.core.errors import NotFound
from models.core.keys import KeyDestroyed, Unreadable
from models.core.vault import unseal
from models.queries.channels import opened
from models.queries.subscriptions import kept
from models.rules.masking import masked
from models.rules.sending import WITHOUT_A_WAY
from models.tables import Message, Subscription

SHOWN = 200
NO_WAY = "no way out"
"""The problem of a message whose way out was gone for too long."""


@dataclass(frozen=True)
class Undelivered:
    """One message; `shown` is its address masked, `fate` what went wrong in one word, `code` a server's number.

    `again` says whether there is still an address to which it can be sent.
    """

    id: int
    kind: str
    channel: str
    state: str
    created_at: datetime
    next_at: datetime
    tries: int
    fate: str
    code: str
    shown: str
    again: bool


def undelivered(most: int = SHOWN) -> tuple[Undelivered, ...]:
    """Dead letters and what was tried at least once without success; newest first."""
    chosen = select(Message).where(_open()).order_by(Message.created_at.desc(), Message.id.desc())
    return tuple(_view(row) for row in session().scalars(chosen.limit(most)))


def one(number: int) -> Undelivered:
    """One of them; `NotFound` for a message that is none of them (any more)."""
    row = session().scalar(select(Message).where(Message.id == number, _open()))
    if row is None:
        raise NotFound
    return _view(row)


def counts() -> tuple[int, int]:
    """How many could not be sent, and how many are being tried again."""
    chosen = select(Message.state, func.count()).where(_open()).group_by(Message.state)
    found = {row[0]: row[1] for row in session().execute(chosen)}
    return found.pop("dead", 0), sum(found.values())


def stranded() -> dict[str, int]:
    """How many messages wait for a way out that there is not (any more), by way; none where all is well."""
    chosen = select(Message.channel, func.count()).where(Message.state == "due").group_by(Message.channel)
    ways = opened()
    return {row[0]: row[1] for row in session().execute(chosen) if row[0] not in ways}


def lost_ways() -> tuple[str, ...]:
    """The ways out that there are not (any more), for which something waited too long."""
    late = (Message.state.in_(("due", "sending")), Message.next_at <= now() - WITHOUT_A_WAY)
    found = session().scalars(select(Message.channel).where(*late).distinct())
    return tuple(sorted(set(found) - opened()))


def still_wanted(row: Message) -> dict[str, str] | None:
    """Where a message whose own address was forgotten can go: to the same address, where it still is asked for."""
    if row.channel == "webhook":
        return {"to": "", "token": ""}
    if row.address_hash is None or (row.booking_id is None and row.visit_id is None):
        return None
    whose = (
        Subscription.booking_id == row.booking_id
        if row.booking_id is not None
        else Subscription.visit_id == row.visit_id
    )
    same = (whose, Subscription.address_hash == row.address_hash, Subscription.ended_at.is_(None))
    found = session().scalar(select(Subscription).where(*same))
    return kept(found) if found is not None and found.address is not None else None


def fate_of(problem: str) -> tuple[str, str]:
    """A noted problem as a word and the server's number; what a server said is not shown: it may name the address."""
    number = re.match(r"\d{3}\b", problem)
    if number:
        refused = number[0].startswith("5") or number[0] in ("404", "410")
        return ("refused" if refused else "later"), number[0]
    if problem.startswith("unreadable"):
        return "unreadable", ""
    if problem == NO_WAY:
        return "closed", ""
    return ("unknown" if not problem else "unreachable"), ""


def _open() -> ColumnElement[bool]:
    return or_(Message.state == "dead", Message.state.in_(("due", "sending")) & (Message.tries > 0))


def _view(row: Message) -> Undelivered:
    to = _own(row) if row.address is not None else still_wanted(row)
    fate, code = fate_of(row.problem)
    shown = masked(row.channel, to["to"]) if to else ""
    return Undelivered(
        row.id, row.kind, row.channel, row.state, row.created_at, row.next_at, row.tries, fate, code, shown,
        to is not None and row.state != "sending",
    )  # fmt: skip


def _own(row: Message) -> dict[str, str] | None:
    try:
        text = unseal(row.address or b"", row=f"message/{row.message_id}", field="address")
    except (KeyDestroyed, Unreadable):
        return None
    found: dict[str, str] = json.loads(text)
    return found
