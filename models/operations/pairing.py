"""両側の鍵を合わせる: each side makes keys of its own and takes over the public halves of the other one's.

The first time two people compare a print of the keys; afterwards the other side's key itself vouches for what follows,
new keys included. Private keys never leave the side that made them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from importlib import import_module

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import ground
from models.core.errors import Conflict, invalid
from models.core.messages import _n, message
from models.core.sealing import mark_of
from models.core.signing import print_of, public_half, signing_key
from models.core.space import current_space
from models.core.transaction import act, afterwards, flush_unique
from models.operations import audit, setting_changes, tombstones
from models.papers import carried, keys_file
from models.papers.carried import Header
from models.papers.keys_file import KeysFile
from models.queries import crossing, offices
from models.queries.crossing import PURPOSE
from models.queries.sealing_keys import keys_of
from models.queries.setting_changes import CROSSING
from models.rules.sides import BOTH, INSIDE, OUTSIDE
from models.tables import OtherSide, SealingKey

DAY_LISTS = "day lists"
"""What the inside's own seal is for; no office is called so."""
KEPT = 2
"""How many of its own keys a side keeps: the one that counts, and the one before it for what is under way."""
NOT_KEYS = _n("鍵のファイルではないか、途中で変わっています。もう一方の側で、もう一度書き出してください。")
OTHER_CITY = _n("別の自治体の鍵のファイルです。")
OWN_SIDE = _n("こちら側の鍵のファイルです。もう一方の側で書き出したファイルを選んでください。")
UNKNOWN = _n(
    "まだ知らない鍵です（印 {shown}）。"
    "もう一方の側に出ている印と同じか、電話などで確かめてから、印を添えて取り込んでください。"
)
NOT_THEIRS = _n(
    "いま知っている鍵の署名がありません（このファイルの印 {shown}）。"
    "もう一方の側で鍵を作り直したのでなければ、取り込まないでください。作り直したのなら、印を確かめて添えてください。"
)
OLDER = _n("前に取り込んだ鍵のファイル（{time}）より古いものです。新しく書き出してください。")
TODAY = _n("きょうはもう鍵を作りました。次に作れるのは、あすです。")
NOT_PAIRED = _n("もう一方の側の鍵を、まだ取り込んでいません。先に鍵のファイルを取り込んでください。")
WRONG_SIDE = _n("このファイルは、ここでは扱えません。どちらの側で動かしているかを確かめてください。")


@act
def renew(session: Session, today: date, actor: str) -> str:
    """Make new keys of this side and destroy all but the ones before them; their print. Once a day."""
    if today in crossing.own_days():
        raise Conflict(TODAY)
    code, keys = current_space().code, ground().keys
    keys.data_key(code, _name(today), create=True)
    for day in crossing.own_days()[:-KEPT]:
        tombstones.note_day_key(PURPOSE, day)
        afterwards(session, partial(keys.destroy, code, PURPOSE, day))
    audit.note(session, actor, "crossing.renew", "", today.isoformat())
    return own_print()


def own_print() -> str:
    """The print of this side's keys as they count now; empty where there are none yet."""
    days = crossing.own_days()
    return print_of(*_publics(days[-1])) if days else ""


def exported(today: date, actor: str) -> bytes:
    """This side's public keys as a file, made where there are none yet; the inside's also seal its offices' forms."""
    if not crossing.own_days():
        renew(today, actor)
    days = crossing.own_days()[-KEPT:]
    sign, seal = _publics(days[-1])
    plain = KeysFile(current_space().code, crossing.side(), now(), sign, seal, _of_offices(), {})
    signers = [_signer(day) for day in days]
    signatures = {mark_of(public_half(one)).hex(): one.sign(plain.signed()) for one in signers}
    return keys_file.file(
        KeysFile(
            plain.municipality, plain.side, plain.made_at, plain.sign, plain.seal, plain.offices, signatures
        )
    )


@act
def take_over(session: Session, content: bytes, actor: str, trusted: str = "") -> int:
    """Take over the keys that the other side exported; how many new public sealing keys came with them.

    Raises `Invalid` for a file that is none, is cut, or is another municipality's; `Conflict` for keys that nobody
    vouches for, unless `trusted` is their print, and for a file that is older than the one before; `NotFound` for an
    office that is not here. Nothing is taken over then.
    """
    found = _read(content)
    if crossing.side() != BOTH:
        _vouched(found, trusted)
        other = crossing.other_side()
        before = {"print": other.shown if other else ""}
        setting_changes.keep(session, CROSSING, found.side, before, {"print": found.shown}, actor)
        _remember(session, found, actor)
    new = _sealing_keys(session, found) if crossing.side() != INSIDE else 0
    audit.note(session, actor, "crossing.keys", found.shown, str(new))
    return new


def signer() -> tuple[Ed25519PrivateKey, str]:
    """This side's key that signs now, and its mark; `Conflict` where this side has none yet."""
    days = crossing.own_days()
    if not days:
        raise Conflict(NOT_PAIRED)
    key = _signer(days[-1])
    return key, mark_of(public_half(key)).hex()


def known() -> crossing.OtherSideView:
    """The other side's keys; `Conflict` where they were not taken over yet."""
    found = crossing.other_side()
    if found is None:
        raise Conflict(NOT_PAIRED)
    return found


def only_on(side: str) -> None:
    """`Conflict` on any other side."""
    if crossing.side() != side:
        raise Conflict(WRONG_SIDE)


def signed_file(kind: str, office: str, day: date, body: Callable[[Header], bytes]) -> bytes:
    """A file of this side, made now; `body` may be sealed to what stands in the header."""
    key, mark = signer()
    header = Header(kind, current_space().code, office, day, now(), mark)
    content = body(header)
    return carried.file(header, content, key.sign(carried.signed_bytes(header, content)))


def _signer(day: date) -> Ed25519PrivateKey:
    return signing_key(ground().keys.data_key(current_space().code, _name(day)))


def _publics(day: date) -> tuple[bytes, bytes]:
    """Both public halves of a day's keys; the outside opens nothing and has no second one."""
    sign = public_half(_signer(day))
    if crossing.side() == OUTSIDE:
        return sign, b""
    opening = import_module("models.core.unsealing")  # an outside process never loads what opens seals
    secret = ground().keys.data_key(current_space().code, _name(day))
    seal: bytes = opening.public_key(opening.private_key(secret, DAY_LISTS))
    return sign, seal


def _name(day: date) -> str:
    return f"{PURPOSE}-{day.isoformat()}"


def _of_offices() -> tuple[tuple[str, date, bytes], ...]:
    """The public keys that still open something; outside they are somebody else's to give out."""
    if crossing.side() == OUTSIDE:
        return ()
    return tuple(
        (place.code, one.month, one.public)
        for place in offices.offices()
        for one in keys_of(place)
        if one.opens
    )


def _read(content: bytes) -> KeysFile:
    try:
        found = keys_file.read(content)
    except ValueError as problem:
        raise invalid("file", NOT_KEYS) from problem
    if found.municipality != current_space().code:
        raise invalid("file", OTHER_CITY)
    if not found.is_signed_by(found.sign):
        raise invalid("file", NOT_KEYS)
    if crossing.side() != BOTH and found.side == crossing.side():
        raise invalid("file", OWN_SIDE)
    return found


def _vouched(found: KeysFile, trusted: str) -> None:
    """`Conflict` unless the key that is known here signed the file, or somebody compared its print."""
    before = crossing.other_side()
    if before is not None and before.made_at > found.made_at:
        raise Conflict(message(OLDER, time=f"{before.made_at:%Y-%m-%d %H:%M} UTC"))
    if before is not None and found.is_signed_by(before.sign):
        return
    if "".join(trusted.split()).upper() != found.shown:
        raise Conflict(
            message(UNKNOWN if before is None else NOT_THEIRS, shown=found.shown), shown=found.shown
        )


def _remember(session: Session, found: KeysFile, actor: str) -> None:
    row = session.scalar(select(OtherSide).order_by(OtherSide.id.desc()).limit(1).with_for_update())
    if row is not None and (row.sign, row.seal) == (found.sign, found.seal):
        row.made_at = found.made_at
        return
    session.add(
        OtherSide(
            sign=found.sign, seal=found.seal, made_at=found.made_at, taken_at=now(), taken_by=actor
        )
    )  # fmt: skip


def _sealing_keys(session: Session, found: KeysFile) -> int:
    """Take over what seals forms; what the inside lists no more was destroyed there. How many are new."""
    new, listed = 0, set()
    for office, month, public in found.offices:
        place = offices.office(office)
        listed.add((place.id, month))
        row = session.scalar(
            select(SealingKey)
            .where(SealingKey.office_id == place.id, SealingKey.month == month)
            .with_for_update()
        )
        if row is not None and row.public == public:
            continue
        if row is not None:
            session.delete(row)
            session.flush()
        session.add(
            SealingKey(office_id=place.id, month=month, mark=mark_of(public), public=public, made_at=now())
        )
        flush_unique(session)
        new += 1
    if crossing.side() == OUTSIDE:
        for row in session.scalars(select(SealingKey).where(SealingKey.ended_at.is_(None))):
            if (row.office_id, row.month) not in listed:
                row.ended_at = now()
    return new
