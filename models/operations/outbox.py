"""送信箱: rows that wait, are claimed by one, carried outside any transaction, and noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.transaction import rows_changed
from models.rules.sending import wait_after
from models.tables import Handover, Message

HOLD = timedelta(minutes=5)
"""A claim lasts so long; a batch must be carried and noted by then."""
BATCH = 20
LONGEST_PROBLEM = 120


@dataclass(frozen=True, slots=True)
class Outbox:
    """A table of rows that are `due`, `busy` while somebody carries them, and in the end arrived or `dead`."""

    table: type[Message | Handover]
    busy: str

    def free(self, at: datetime) -> ColumnElement[bool]:
        """What may be claimed: it waits, or who carried it said nothing until the claim ended."""
        row = self.table
        return or_(row.state == "due", and_(row.state == self.busy, row.held_until <= at))

    def claimed(self, holder: str, at: datetime) -> dict[str, Any]:
        """What a claim sets."""
        return {"state": self.busy, "holder": holder, "held_until": at + HOLD}

    def note(self, session: Session, number: int, holder: str, values: dict[str, Any]) -> bool:
        """Note how it went. False where somebody else holds it by now."""
        row = self.table
        mine = update(row).where(row.id == number, row.state == self.busy, row.holder == holder)
        return rows_changed(session, mine.values(values)) == 1

    def next_try(self, session: Session, number: int, problem: str) -> dict[str, Any] | None:
        """What to note where it did not arrive: ever later, and None after 24 hours, when it is given up."""
        tries = (session.scalar(select(self.table.tries).where(self.table.id == number)) or 0) + 1
        wait = wait_after(tries)
        if wait is None:
            return None
        later = {"state": "due", "next_at": now() + wait, "held_until": None, "tries": tries}
        return later | {"problem": plain(problem)}

    def given_up(self, problem: str) -> dict[str, Any]:
        """What to note where it will not be tried again."""
        tries = self.table.tries + 1
        return {"state": "dead", "ended_at": now(), "problem": plain(problem), "tries": tries}


def plain(problem: str) -> str:
    """A problem as it is kept: short, on one line."""
    return "".join(letter for letter in problem if letter.isprintable())[:LONGEST_PROBLEM]
