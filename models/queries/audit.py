"""監査記録を読む: the newest entries, and whether the chain is as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from models.core.anchors import ANCHOR, CUT, RESTORED, Anchor, anchors_of
from models.core.db import ground, session
from models.core.space import current_space
from models.rules import audit_chain
from models.rules.audit_chain import ORIGIN, Broken, End, Link
from models.tables import AuditEnd, AuditEntry

END, FRONT = 1, 2
"""Rows of `AuditEnd`: the end of the chain, and the last of what was let go at its front."""
AT_ONCE = 2000


@dataclass(frozen=True)
class Whole:
    """A chain that is as it was written, from `first` to `last` (0 and 0: nothing was ever noted)."""

    first: int
    last: int
    anchored: Anchor | None


@dataclass(frozen=True)
class _Outside:
    """What the anchors say: codes by place, the newest anchor, and the fronts that were let go."""

    codes: dict[int, bytes]
    newest: Anchor | None
    cuts: frozenset[End]


def last_entries(count: int) -> tuple[Link, ...]:
    """The newest entries of the chain, oldest first."""
    rows = session().execute(
        _LINKS.where(AuditEntry.place.is_not(None)).order_by(AuditEntry.place.desc()).limit(count)
    )
    return tuple(reversed([_link(row) for row in rows]))


def end_of_chain(which: int = END) -> End:
    """The last place and its code; for the front, where the chain begins now."""
    row = session().execute(select(AuditEnd.place, AuditEnd.mac).where(AuditEnd.id == which)).first()
    return End(row.place, row.mac) if row else End(0, ORIGIN)


def verify(*, whole: bool = True) -> Whole | Broken:
    """Go along the chain: from its front, or (not `whole`) from the newest anchor on; the first place that is wrong.

    Writers may go on meanwhile. A cut tail and an older database show by the anchors, which are outside of it.
    """
    outside = _outside()
    past = session().scalar(select(func.max(AuditEntry.place))) or 0
    end, front = end_of_chain(), end_of_chain(FRONT)
    if past > end.place:
        return Broken(end.place + 1, "written past the end of the chain")
    if front.place and front not in outside.cuts:
        return Broken(front.place, "let go at the front without a line in the anchors")
    begin = front
    if not whole and outside.newest is not None and outside.newest.place >= front.place:
        begin = End(outside.newest.place, bytes.fromhex(outside.newest.mac))
    found = audit_chain.follow(_key(), begin, _links(begin, end), outside.codes)
    return found if isinstance(found, Broken) else _compared(front, found, end, outside)


def _compared(front: End, found: End, end: End, outside: _Outside) -> Whole | Broken:
    """The end that was reached against the noted end and the anchors."""
    newest = outside.newest
    if newest is not None and newest.place > found.place:
        what = f"missing: the tail was cut, or the database is older than the anchor of {newest.at}"
        return Broken(found.place + 1, f"{what} (place {newest.place})")
    if end.place > found.place:
        return Broken(found.place + 1, f"missing: the chain ends at {end.place}")
    if end != found:
        return Broken(found.place, "not the noted end of the chain")
    stray = _stray()
    return stray or Whole(front.place + 1 if end.place else 0, end.place, newest)


def _stray() -> Broken | None:
    """An entry that stands outside the chain and was not written by a version from before the chain."""
    for row in session().execute(_LINKS.add_columns(AuditEntry.id).where(AuditEntry.place.is_(None))):
        if not genuine(_link(row)):
            return Broken(0, f"entry {row.id} stands outside the chain and was written without the key")
    return None


def genuine(link: Link) -> bool:
    """Whether an entry from before the chain has the code that its words call for."""
    content = audit_chain.content_of(link.at, link.actor, link.action, link.subject, link.detail)
    return audit_chain.alone(_key(), content) == link.mac


def _links(begin: End, end: End) -> Iterator[Link]:
    """The links behind `begin` up to `end`, some at once: a stream would stay open where the chain is broken."""
    at = begin.place
    while True:
        asked = _LINKS.where(AuditEntry.place > at, AuditEntry.place <= end.place)
        rows = session().execute(asked.order_by(AuditEntry.place).limit(AT_ONCE)).all()
        yield from (_link(row) for row in rows)
        if len(rows) < AT_ONCE:
            return
        at = rows[-1].place


def _link(row: Row[*tuple[Any, ...]]) -> Link:
    return Link(row.place or 0, row.at, row.actor, row.action, row.subject, row.detail, row.mac)


def _outside() -> _Outside:
    codes: dict[int, bytes] = {}
    newest, cuts = None, set()
    for one in anchors_of(ground().keys.folder, current_space().code).read():
        mac = bytes.fromhex(one.mac)
        if one.kind == RESTORED:
            codes = {place: code for place, code in codes.items() if place <= one.place}
        if one.kind == CUT:
            cuts.add(End(one.place, mac))
        if one.kind in (ANCHOR, RESTORED):
            codes[one.place] = mac
            newest = one
    return _Outside(codes, newest, frozenset(cuts))


def _key() -> bytes:
    return ground().keys.audit_key(current_space().code)


_LINKS = select(
    AuditEntry.place,
    AuditEntry.at,
    AuditEntry.actor,
    AuditEntry.action,
    AuditEntry.subject,
    AuditEntry.detail,
    AuditEntry.mac,
)
