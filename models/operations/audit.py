"""監査記録: who did what to which row, written with the act itself and never with personal values.

All entries of a municipality are one chain: each has the next place, and its code is made over the one before. The
end of the chain is locked only between an act's last other statement and its commit.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from models.core import log
from models.core.anchors import ANCHOR, CUT, RESTORED, Anchor, anchors_of
from models.core.clock import now
from models.core.db import ground, plain
from models.core.space import current_space
from models.core.transaction import act, before_commit, insert_unique
from models.queries import audit as chain
from models.queries.audit import END, FRONT
from models.rules import audit_chain
from models.rules.audit_chain import ORIGIN, Broken, End, Link
from models.tables import AuditEnd, AuditEntry

RESIDENT = "resident"
SYSTEM = "scheduler"
AT_ONCE = 1000
_ENTRY, _END = plain(AuditEntry), plain(AuditEnd)
_WRITE = insert(_ENTRY)
_LOCK = select(_END.c.place, _END.c.mac).where(_END.c.id == END).with_for_update()
_ADVANCE = update(_END).where(_END.c.id == END)
_TAKE_IN = update(_ENTRY).where(_ENTRY.c.id == bindparam("row"))


class ChainBroken(Exception):
    """The audit's chain is not as it was written."""


def note(session: Session, actor: str, action: str, subject: str, detail: str = "") -> None:
    """Add one entry to the running act; it is written, as the chain's next link, when the act is about to commit."""
    entry = {"at": now(), "actor": actor, "action": action, "subject": subject, "detail": detail}
    before_commit(session, _append, entry)


def _append(session: Session, entries: list[dict[str, Any]]) -> None:
    """Write an act's entries at the end of the chain."""
    key = ground().keys.audit_key(current_space().code)
    end = _locked_end(session)
    for entry in entries:
        place = end.place + 1
        end = End(place, audit_chain.code(key, end.mac, place, audit_chain.content_of(**entry)))
        entry |= {"place": place, "mac": end.mac}
    session.execute(_WRITE, entries)
    session.execute(_ADVANCE, {"place": end.place, "mac": end.mac})


def _locked_end(session: Session) -> End:
    """The end of the chain, kept from all others until the commit."""
    row = session.execute(_LOCK).first()
    if row is not None:
        return End(row.place, row.mac)
    insert_unique(session, AuditEnd, {"id": END, "place": 0, "mac": ORIGIN})
    return End(0, ORIGIN)


def adopt() -> int:
    """Take the entries of versions from before the chain into it, oldest first; how many.

    One whose code does not fit its words stays outside, where `verify` names it.
    """
    taken, last = 0, 0
    while True:
        count, following = _adopt_some(last)
        taken += count
        if following == last:
            return taken
        last = following


@act
def _adopt_some(session: Session, after: int) -> tuple[int, int]:
    """Take in the next entries behind row `after`: how many, and the last row that was looked at."""
    asked = (
        select(_ENTRY)
        .where(_ENTRY.c.place.is_(None), _ENTRY.c.id > after)
        .order_by(_ENTRY.c.id)
        .limit(AT_ONCE)
    )
    rows = session.execute(asked).all()
    if not rows:
        return 0, after
    links = {row.id: Link(0, row.at, row.actor, row.action, row.subject, row.detail, row.mac) for row in rows}
    key, end, changes = ground().keys.audit_key(current_space().code), _locked_end(session), []
    for number, link in links.items():
        if chain.genuine(link):
            place = end.place + 1
            content = audit_chain.content_of(link.at, link.actor, link.action, link.subject, link.detail)
            end = End(place, audit_chain.code(key, end.mac, place, content))
            changes.append({"row": number, "place": place, "mac": end.mac})
    if changes:
        session.connection().execute(_TAKE_IN, changes)
        session.execute(_ADVANCE, {"place": end.place, "mac": end.mac})
        note(session, SYSTEM, "audit.adopt", "", str(len(changes)))
    return len(changes), rows[-1].id


def anchor() -> int:
    """Write the end of the chain down outside the database, after going along what came since the last anchor.

    How many entries that is. Raises `ChainBroken` where it is not as it was written; the anchor is not written then.
    """
    adopt()
    before = anchors_of(ground().keys.folder, current_space().code).newest()
    found = chain.verify(whole=False)
    if isinstance(found, Broken):
        raise ChainBroken(f"place {found.place}: {found.what}")
    return _write_down(ANCHOR).place - (before.place if before else 0)


def anchor_and_log() -> int:
    """The same, and one line in the log, so that the city's log server has it too; how many entries."""
    try:
        count = anchor()
    except ChainBroken:
        log.logger().error("audit chain broken", municipality=current_space().code)
        raise
    end = chain.end_of_chain()
    log.logger().info("audit anchor", municipality=current_space().code, place=end.place, mac=end.mac.hex())
    return count


def restored() -> End:
    """Say outside the database that this older end of the chain is the right one, because of a restore."""
    return _write_down(RESTORED)


def _write_down(kind: str) -> End:
    end = chain.end_of_chain()
    line = Anchor(kind, now().isoformat(), end.place, end.mac.hex())
    anchors_of(ground().keys.folder, current_space().code).add(line)
    return end


def forget(day: date) -> int:
    """Let go what is older on this day than the setting `audit_days`; how many entries."""
    before = datetime.combine(day, time(), UTC) - timedelta(days=ground().settings.audit_days)
    return let_go(before)


@act
def let_go(session: Session, before: datetime) -> int:
    """Delete the entries at the front of the chain that are older than this instant; how many.

    The last of them is written down outside the database first: the chain can still be verified from there on.
    """
    kept = select(func.min(_ENTRY.c.place)).where(_ENTRY.c.at >= before, _ENTRY.c.place.is_not(None))
    first_kept = session.scalar(kept)
    asked = select(_ENTRY.c.place, _ENTRY.c.mac).order_by(_ENTRY.c.place.desc()).limit(1)
    old = asked.where(_ENTRY.c.at < before, _ENTRY.c.place.is_not(None))
    last = session.execute(old if first_kept is None else old.where(_ENTRY.c.place < first_kept)).first()
    if last is None:
        return 0
    line = Anchor(CUT, now().isoformat(), last.place, last.mac.hex())
    anchors_of(ground().keys.folder, current_space().code).add(line)
    gone: Any = session.execute(delete(_ENTRY).where(_ENTRY.c.place <= last.place))
    session.execute(delete(_END).where(_END.c.id == FRONT))
    session.execute(insert(_END), {"id": FRONT, "place": last.place, "mac": last.mac})
    return int(gone.rowcount)
