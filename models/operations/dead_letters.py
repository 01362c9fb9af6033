"""届いていないお知らせ: staff send one again, or let it go."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, NotFound
from models.core.messages import _n
from models.core.transaction import act, rows_changed
from models.core.vault import seal
from models.operations import audit
from models.operations.messages import PATIENCE, PURPOSE
from models.queries import channels
from models.queries.offices import office_by_id
from models.queries.undelivered import still_wanted
from models.tables import Message

OPEN = ("dead", "due")
NO_ADDRESS = _n("宛先はもう消してあるので、送り直せません。")
CLOSED = _n("この送り方は閉じています。開いてから、送り直してください。")
TOO_LATE = _n("知らせる時を過ぎているので、送り直せません。")
ON_ITS_WAY = _n("いま送っているところです。少したってから、もう一度お試しください。")


@act
def send_again(session: Session, number: int, actor: str) -> None:
    """Try a message now; one that was given up is tried for a day again, under the same Message-ID.

    Raises `NotFound` for one that waits for nobody, `Conflict` where its address was forgotten, its way is closed,
    or it is on its way.
    """
    row = _row(session, number)
    if not channels.is_open(row.channel):
        raise Conflict(CLOSED)
    if row.too_late_at is not None and row.too_late_at <= now():
        raise Conflict(TOO_LATE)
    values: dict[str, object] = {"state": "due", "next_at": now(), "ended_at": None, "held_until": None}
    if row.state == "dead":
        values |= {"address": _sealed(row), "tries": 0}
    _change(session, row, values)
    audit.note(session, actor, "message.again", str(number))


@act
def let_go(session: Session, number: int, actor: str) -> None:
    """Do not send a message any more; its address is forgotten. Raises as `send_again`."""
    row = _row(session, number)
    _change(session, row, {"state": "dropped", "ended_at": now(), "address": None})
    audit.note(session, actor, "message.drop", str(number))


def _row(session: Session, number: int) -> Message:
    row = session.get(Message, number)
    if row is None or row.state not in (*OPEN, "sending") or (row.state != "dead" and row.tries == 0):
        raise NotFound
    if row.state == "sending":
        raise Conflict(ON_ITS_WAY)
    return row


def _change(session: Session, row: Message, values: dict[str, object]) -> None:
    mine = update(Message).where(Message.id == row.id, Message.state == row.state)
    if rows_changed(session, mine.values(values)) != 1:
        raise Conflict(ON_ITS_WAY)


def _sealed(row: Message) -> bytes:
    found = still_wanted(row)
    if found is None or row.office_id is None:
        raise Conflict(NO_ADDRESS)
    due = office_by_id(row.office_id).day_of(now() + PATIENCE) + timedelta(days=1)
    text = json.dumps(found, ensure_ascii=False)
    return seal(text, purpose=PURPOSE, due=due, row=f"message/{row.message_id}", field="address")
