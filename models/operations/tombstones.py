"""取消の控え: what ended for good is written beside the keys before the commit, and done again in a restored space.

A line whose act was rolled back is compared with the database every night and made void; one that could not be
compared any more counts, because somebody asked for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.core import tombstones
from models.core.clock import now
from models.core.db import ground
from models.core.db import session as reading
from models.core.space import current_space
from models.core.tokens import fingerprint, new_token
from models.core.tombstones import (
    CANCELLED,
    DAY_KEY,
    DELETED,
    DEVICE_REVOKED,
    KEY,
    REISSUED,
    SETTLED,
    STAFF_CLOSED,
    STAFF_OPENED,
    TOKEN_REVOKED,
    VOID,
    Tombstone,
    TombstoneFile,
)
from models.core.transaction import act, afterwards, before_commit
from models.core.vault import key_name
from models.operations import audit, backup
from models.tables import (
    AccessToken,
    Application,
    Booking,
    BookingPerson,
    BookingSlot,
    Device,
    Slot,
    Staff,
    WaitingEntry,
)

AT_ONCE = 200
LOCKED = 50
"""So many keys are destroyed while others wait to write."""
MARGIN = timedelta(days=7)
"""Lines are kept for so much longer than the oldest backup."""
UNDER_WAY = timedelta(minutes=10)
"""No act takes as long: a line this old was committed or rolled back."""


def note(session: Session, kind: str, mark: bytes | str) -> None:
    """Inside an act, before its audit entry: write one tombstone as the act is about to commit.

    `mark` is a token's hash or a row's name, never anything personal.
    """
    shown = mark.hex() if isinstance(mark, bytes) else mark
    before_commit(session, _write, Tombstone(kind, shown, now().isoformat()))


def note_staff(session: Session, username: str, *, opened: bool) -> None:
    """Inside an act: an account was closed, or opened again; the last of them counts."""
    note(session, STAFF_OPENED if opened else STAFF_CLOSED, fingerprint(username))


def forget_key(session: Session, row: str, *sealed: bytes | None) -> None:
    """Inside an act that no longer keeps these bytes of `row` (`booking/REFERENCE`): destroy the row's keys.

    They are destroyed once the act is committed; `settle` does it where the process died before that.
    """
    for name in sorted({name for one in sealed if one and (name := key_name(one))}):
        mark = f"{name} {row}"
        note(session, KEY, mark)
        before_commit(session, _forget_afterwards, mark)


def _forget_afterwards(session: Session, marks: list[Any]) -> None:
    afterwards(session, partial(_forget_all, marks))


def _write(_: Session, stones: list[Any]) -> None:
    _file().add(stones)


def note_day_key(purpose: str, day: date) -> None:
    """A day's key is about to be destroyed, with those of all its rows."""
    _file().add([Tombstone(DAY_KEY, f"{purpose}-{day.isoformat()}", now().isoformat())])


def settle() -> int:
    """Compare new tombstones with the database: void what was rolled back, destroy the keys that nothing uses.

    How many were compared.
    """
    stones, until = _file().read(), now() - UNDER_WAY
    since = max((one.mark for one in stones if one.kind == SETTLED), default="")
    fresh = [one for one in stones if since < one.at <= until.isoformat() and one.kind not in (VOID, SETTLED)]
    if not fresh:
        return 0
    _forget_all([one.mark for one in fresh if one.kind == KEY])
    gone = [one for one in fresh if one.kind != KEY and _still_alive(one)]
    void = [Tombstone(VOID, _void_mark(one), now().isoformat()) for one in gone]
    _file().add([*void, Tombstone(SETTLED, until.isoformat(), now().isoformat())])
    return len(fresh)


def forget_old() -> int:
    """Drop the lines that no backup which is kept can need, once they were settled; how many.

    What shuts out staff, systems and devices stays, whatever its age.
    """
    oldest = backup.oldest_instant(current_space())
    return _file().keep(partial(_needed, (oldest - MARGIN).isoformat()))


def _needed(before: str, stones: tuple[Tombstone, ...]) -> list[Tombstone]:
    """The lines that count from an instant on, and those before it that shut somebody out."""
    void = {one.mark for one in stones if one.kind == VOID}
    settled = max((one.mark for one in stones if one.kind == SETTLED), default="")
    last = _last_of_staff(stones, void)

    def counts(one: Tombstone) -> bool:
        if one.kind == SETTLED:
            return one.mark == settled
        if one.at >= before or one.at > settled:
            return True
        if one.kind in (STAFF_CLOSED, STAFF_OPENED):
            return last.get(one.mark) is one
        return one.kind in (TOKEN_REVOKED, DEVICE_REVOKED) and _void_mark(one) not in void

    return [one for one in stones if counts(one)]


def apply(since: datetime | None = None) -> dict[str, int]:
    """Do again in the entered space, restored from a backup, everything that ended for good; how many rows by kind.

    Cancelled bookings stay cancelled and give their places back, deleted applications stay deleted, replaced links and
    revoked staff, tokens and devices open nothing, destroyed keys stay destroyed. With `since` (the instant of the
    backup) only what ended after it, and an hour before. Doing it again changes nothing.
    """
    first = (since - timedelta(hours=1)).isoformat() if since else ""
    stones = _file().read()
    void = {one.mark for one in stones if one.kind == VOID}
    last = _last_of_staff(stones, void)
    wanted = [
        one
        for one in stones
        if one.at >= first
        and _void_mark(one) not in void
        and (one.kind not in (STAFF_CLOSED, STAFF_OPENED) or last.get(one.mark) is one)
    ]
    done: Counter[str] = Counter()
    for start in range(0, len(wanted), AT_ONCE):
        done.update(_apply_some(wanted[start : start + AT_ONCE]))
    done[KEY] += _forget_all([one.mark for one in wanted if one.kind == KEY])
    done[DAY_KEY] += sum(_day_destroyed(one.mark) for one in wanted if one.kind == DAY_KEY)
    return {kind: count for kind, count in sorted(done.items()) if count}


@act
def _apply_some(session: Session, stones: Iterable[Tombstone]) -> Counter[str]:
    done: Counter[str] = Counter()
    for one in stones:
        if one.kind in _AGAIN:
            done[one.kind] += _AGAIN[one.kind](session, one)
    if done.total():
        detail = ", ".join(f"{kind} {count}" for kind, count in sorted(done.items()) if count)
        audit.note(session, audit.SYSTEM, "tombstones.apply", "", detail[:200])
    return done


def _cancel(session: Session, stone: Tombstone) -> int:
    row = session.scalar(select(Booking).where(Booking.reference == stone.mark))
    if row is None or row.state != "booked":
        return 0
    held = select(BookingSlot.slot_id).where(BookingSlot.booking_id == row.id)
    for slot in sorted(session.scalars(held)):
        session.execute(update(Slot).where(Slot.id == slot, Slot.taken > 0).values(taken=Slot.taken - 1))
    for held_by in (BookingSlot, BookingPerson):
        session.execute(delete(held_by).where(held_by.booking_id == row.id))
    row.state, row.ended_at, row.contact, row.notes = "cancelled", now(), None, None
    forms = update(Application).where(Application.booking_id == row.id)
    session.execute(forms.values(state="deleted", fields=None))
    return 1


def _delete(session: Session, stone: Tombstone) -> int:
    """What was written again after it was deleted stays."""
    row = session.scalar(select(Application).where(Application.reference == stone.mark))
    if row is None or row.state == "deleted" or row.updated_at > datetime.fromisoformat(stone.at):
        return 0
    row.state, row.fields = "deleted", None
    return 1


def _replace_links(session: Session, stone: Tombstone) -> int:
    """Whoever holds the old link has a new one that this space never knew: staff give out another."""
    mark, done = bytes.fromhex(stone.mark), 0
    booking = session.scalar(select(Booking).where(Booking.token_hash == mark))
    form = session.scalar(select(Application).where(Application.token_hash == mark))
    for row in (booking, form):
        if row is not None:
            row.token_hash, row.qr_hash = fingerprint(new_token()), fingerprint(new_token())
            done += 1
    return done


def _close_staff(session: Session, stone: Tombstone) -> int:
    row = _staff_of(session, stone.mark)
    if row is None or not row.active:
        return 0
    row.active, row.session_id, row.code_hash = False, new_token(), None
    return 1


def _revoke_token(session: Session, stone: Tombstone) -> int:
    row = session.scalar(select(AccessToken).where(AccessToken.token_hash == bytes.fromhex(stone.mark)))
    if row is None or row.revoked_at is not None:
        return 0
    row.revoked_at = now()
    return 1


def _revoke_device(session: Session, stone: Tombstone) -> int:
    row = session.scalar(select(Device).where(Device.token_hash == bytes.fromhex(stone.mark)))
    if row is None or row.state == "revoked":
        return 0
    row.state, row.revoked_at = "revoked", now()
    return 1


_AGAIN = {
    CANCELLED: _cancel,
    DELETED: _delete,
    REISSUED: _replace_links,
    STAFF_CLOSED: _close_staff,
    TOKEN_REVOKED: _revoke_token,
    DEVICE_REVOKED: _revoke_device,
}


def _last_of_staff(stones: Iterable[Tombstone], void: set[str]) -> dict[str, Tombstone]:
    """The last line of each account that came true."""
    mine = (one for one in stones if one.kind in (STAFF_CLOSED, STAFF_OPENED))
    return {one.mark: one for one in mine if _void_mark(one) not in void}


def _void_mark(stone: Tombstone) -> str:
    return f"{stone.kind} {stone.mark} {stone.at}"


def _staff_of(session: Session, mark: str) -> Staff | None:
    rows = session.scalars(select(Staff))
    return next((row for row in rows if fingerprint(row.username).hex() == mark), None)


def _still_alive(stone: Tombstone) -> bool:
    """Whether the database knows nothing of this ending: its act was rolled back, or it was taken back since."""
    if stone.kind in (STAFF_CLOSED, STAFF_OPENED):
        account = _staff_of(reading(), stone.mark)
        return account is not None and account.active == (stone.kind == STAFF_CLOSED)
    rows = stone.kind in (CANCELLED, DELETED, DAY_KEY)
    mark = b"" if rows else bytes.fromhex(stone.mark)
    asked = {
        CANCELLED: select(Booking.id).where(Booking.reference == stone.mark, Booking.state == "booked"),
        DELETED: select(Application.id).where(
            Application.reference == stone.mark, Application.state != "deleted"
        ),
        TOKEN_REVOKED: select(AccessToken.id).where(
            AccessToken.token_hash == mark, AccessToken.revoked_at.is_(None)
        ),
        DEVICE_REVOKED: select(Device.id).where(Device.token_hash == mark, Device.state != "revoked"),
    }
    if stone.kind == REISSUED:
        found = (select(one.id).where(one.token_hash == mark) for one in (Booking, Application))
        return any(reading().scalar(one) is not None for one in found)
    return stone.kind in asked and reading().scalar(asked[stone.kind]) is not None


def _forget_all(marks: Sequence[str]) -> int:
    """Destroy the keys of rows that no longer use them; how many there were."""
    return sum(_forget_unused(marks[start : start + LOCKED]) for start in range(0, len(marks), LOCKED))


@act
def _forget_unused(session: Session, marks: Sequence[str]) -> int:
    """Destroy some keys while nobody can write their rows: who seals a row again does so before or afterwards."""
    return sum(_destroyed(*mark.split(" ", 1)) for mark in marks if not _in_use(session, *mark.split(" ", 1)))


def _in_use(session: Session, name: str, row: str) -> bool:
    """Whether a row, locked from now on until the act ends, is sealed under this key; never known of other tables."""
    table, _, reference = row.partition("/")
    if table not in _SEALED:
        return True
    columns, place = _SEALED[table]
    found = session.execute(select(*columns).where(place == reference).with_for_update())
    return any(one and key_name(one) == name for line in found for one in line)


_SEALED: dict[str, tuple[tuple[InstrumentedAttribute[bytes | None], ...], InstrumentedAttribute[str]]] = {
    "booking": ((Booking.contact, Booking.notes), Booking.reference),
    "application": ((Application.fields,), Application.reference),
    "waiting": ((WaitingEntry.contact,), WaitingEntry.reference),
}
"""Where rows that have keys of their own keep what is sealed, and the column that names them."""


def _destroyed(name: str, row: str) -> bool:
    return ground().keys.destroy_row(current_space().code, name, row)


def _day_destroyed(name: str) -> int:
    purpose, _, day = name.partition("-")
    return int(ground().keys.destroy(current_space().code, purpose, date.fromisoformat(day)))


def _file() -> TombstoneFile:
    return tombstones.tombstones_of(ground().keys.folder, current_space().code)
