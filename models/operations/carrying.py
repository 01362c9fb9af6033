"""届ける: hand-overs are claimed, carried outside any transaction, and noted; a crash in between carries one again."""

from __future__ import annotations

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from models.core import log
from models.core.clock import now
from models.core.errors import Conflict, NotFound
from models.core.messages import _n, message
from models.core.space import current_space
from models.core.transaction import act, rows_changed
from models.operations import audit
from models.operations.outbox import BATCH, Outbox
from models.queries import handovers, receivers
from models.queries.offices import OfficeView
from models.tables import Handover

OUT = Outbox(Handover, "carrying")
NOT_DEAD = _n("この連携は、まだ届けているところか、もう届いています。")
RECEIVER_ENDED = _n("この連携先は、もうありません。")


@act
def claim(session: Session, holder: str, receiver: int, most: int = BATCH) -> list[int]:
    """Take what is due for one receiver, oldest first, each by conditional UPDATE; their rows."""
    at = now()
    free = and_(OUT.free(at), or_(Handover.state != "due", Handover.next_at <= at))
    chosen = select(Handover.id).where(Handover.receiver_id == receiver, free)
    return [
        number
        for number in session.scalars(chosen.order_by(Handover.next_at, Handover.id).limit(most)).all()
        if rows_changed(
            session, update(Handover).where(Handover.id == number, free).values(OUT.claimed(holder, at))
        )
        == 1
    ]


@act
def arrived(session: Session, number: int, holder: str) -> bool:
    """Note that a hand-over arrived. False where somebody else holds it by now."""
    if not OUT.note(session, number, holder, {"state": "done", "ended_at": now(), "problem": ""}):
        return False
    audit.note(session, audit.SYSTEM, "handover.arrive", handovers.by_id(number).receipt)
    return True


@act
def again(session: Session, number: int, holder: str, problem: str) -> bool:
    """Note that a hand-over did not arrive: it is tried again, ever later, and given up after 24 hours."""
    later = OUT.next_try(session, number, problem)
    if later is None:
        return _given_up(session, number, holder, problem)
    return OUT.note(session, number, holder, later)


@act
def never(session: Session, number: int, holder: str, problem: str) -> bool:
    """Note that a hand-over cannot arrive, now or later; an administrator sees it."""
    return _given_up(session, number, holder, problem)


@act
def carry_again(session: Session, place: OfficeView, receipt: str, actor: str) -> None:
    """Have a hand-over that was given up carried once more, under the same receipt.

    Raises `NotFound`, and `Conflict` where it was not given up or its receiver was ended.
    """
    found = handovers.by_receipt(receipt)
    receiver = receivers.by_id(found.receiver)
    if receiver.office_id != place.id:
        raise NotFound
    if not receiver.open:
        raise Conflict(message(RECEIVER_ENDED))
    dead = update(Handover).where(Handover.id == found.id, Handover.state == "dead")
    values = {
        "state": "due",
        "next_at": now(),
        "tries": 0,
        "ended_at": None,
        "held_until": None,
        "problem": "",
    }
    if rows_changed(session, dead.values(values)) != 1:
        raise Conflict(message(NOT_DEAD))
    audit.note(session, actor, "handover.again", found.application, found.receipt)


def _given_up(session: Session, number: int, holder: str, problem: str) -> bool:
    if not OUT.note(session, number, holder, OUT.given_up(problem)):
        return False
    found = handovers.by_id(number)
    log.logger().warning("handover dead", municipality=current_space().code, receipt=found.receipt)
    audit.note(session, audit.SYSTEM, "handover.give_up", found.receipt, found.problem)
    return True
