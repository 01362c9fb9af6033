"""食い違いを直す: looks every night whether counters and rows agree; counts a slot's places anew."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from models.core.transaction import act, rows_changed
from models.operations import audit
from models.queries import agreement
from models.queries.agreement import held, wrongly_taken
from models.tables import Slot


def check(day: date) -> dict[str, Any]:
    """Look for what disagrees on a day, and give back allowances of slots that are not needed any more; the counts."""
    tighten(day)
    found = agreement.disagreement(day)
    counts = {
        "wrong_slots": len(found.slots),
        "wrong_tickets": len(found.tickets),
        "wrong_bookings": len(found.bookings),
        "looked_at": found.looked_at,
    }
    return {**counts, "rows": found.named()} if found.found else counts


@act
def tighten(session: Session, day: date) -> int:
    """Let slots allow for no more places above their capacity than are taken; how many were tightened."""
    above = case((Slot.taken > Slot.capacity, Slot.taken - Slot.capacity), else_=0)
    return rows_changed(session, update(Slot).where(Slot.day >= day, Slot.kept > above).values(kept=above))


@act
def mend(session: Session, day: date, actor: str) -> int:
    """Count anew the taken places of every slot from a day on whose counter is wrong; how many were mended.

    Bookings are the truth: none is lost, and where they are more than the capacity, no new one is taken.
    """
    locked = select(Slot.id).where(Slot.day >= day, wrongly_taken()).order_by(Slot.starts_at, Slot.id)
    wrong = list(session.scalars(locked.with_for_update()))
    mended = 0
    for number in wrong:
        before, truth, capacity = session.execute(
            select(Slot.taken, held(), Slot.capacity).where(Slot.id == number)
        ).one()
        if before != truth:
            values = {"taken": truth, "kept": max(0, truth - capacity)}
            session.execute(update(Slot).where(Slot.id == number).values(values))
            audit.note(session, actor, "slot.recount", str(number), f"{before} -> {truth}")
            mended += 1
    return mended
