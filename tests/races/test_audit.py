"""D7: many writers, one chain without a gap or a fork."""

from __future__ import annotations

import random
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.core.db import session
from models.core.settings import Settings
from models.core.transaction import act
from models.operations import audit
from models.queries.audit import Whole, end_of_chain, verify
from models.queries.offices import OfficeView
from models.tables import AuditEntry
from tests.conftest import inside
from tests.races.crowd import patiently, sized, together


@act
def noted(session: Session, *subjects: str) -> None:
    """One act that notes something of each."""
    for subject in subjects:
        audit.note(session, "aoki", "test.note", subject)


WRITERS = sized(16, 8)
ENTRIES = sized(200, 12)


def test_d7_many_writers_keep_one_chain(live: Settings, engine: str) -> None:
    """Real processes; each act notes one to three things, some acts are taken back."""

    def write(number: int, _: OfficeView) -> int:
        chance, written = random.Random(number), 0
        for turn in range(ENTRIES):
            things = [f"{number}/{turn}/{part}" for part in range(chance.randint(1, 3))]
            patiently(partial(noted, *things))
            written += len(things)
        return written

    with inside(live):
        before = end_of_chain().place
    written = sum(together(live, [partial(write, number) for number in range(WRITERS)]))
    with inside(live):
        assert verify() == Whole(1, before + written, None)
        assert session().scalar(select(func.count()).select_from(AuditEntry)) == before + written
