"""計算を待つもの: whether a plan or a roster is to be computed. Asked every ten seconds, so nothing computes here."""

from __future__ import annotations

from sqlalchemy import select

from models.core.db import session
from models.tables import StaffingTuning

ASKED, RUNNING = OPEN = ("asked", "running")


def any_open() -> bool:
    """Whether a plan or a roster is waiting to be computed, or is being computed."""
    return (
        session().scalar(select(StaffingTuning.id).where(StaffingTuning.state.in_(OPEN)).limit(1)) is not None
    )
