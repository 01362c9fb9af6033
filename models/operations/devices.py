"""機器を迎える: a one-time code, a browser's own key, an administrator's word, and the proof in every request."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import FieldProblem, Invalid, NotFound, Unauthorized, invalid
from models.core.messages import _n
from models.core.tokens import fingerprint, new_token
from models.core.tombstones import DEVICE_REVOKED
from models.core.transaction import act, rows_changed
from models.operations import audit, setting_changes, tombstones
from models.operations.accounts import BAD_KIND
from models.queries.devices import ALARM, Enrolled
from models.queries.offices import office, office_by_id
from models.queries.setting_changes import DEVICE
from models.rules import device_signature, free_text, references
from models.rules.device_signature import Request
from models.tables import AuditEntry, Device, DeviceCode
from models.tables.staff import DEVICE_KINDS

CODE_LIVES = timedelta(minutes=10)
MOST_TRIES = 5
ALARM_EVERY = timedelta(minutes=1)
NO_OFFICE = _n("庁舎を選んでください。")
WRONG_CODE = _n(
    "コードが違うか、期限が過ぎています。管理者の画面で、新しいコードを出してください。（10分間、1回だけ使えます。"
    "5回間違えると、どのコードも使えなくなります）"
)
BAD_KEY = _n("このブラウザーでは使えません。新しいブラウザーで開き直してください。")


@dataclass(frozen=True)
class Welcomed:
    """A browser that became a device: only here is its cookie in clear. `word` is what both screens show."""

    number: int
    token: str
    kind: str
    word: str


@act
def new_code(session: Session, kind: str, office_code: str, actor: str, label: str = "") -> str:
    """A one-time code with which a browser becomes a device within 10 minutes; given out once."""
    refused = free_text.refusal(label)
    if refused is not None:
        raise Invalid([FieldProblem("label", refused)])
    if kind not in DEVICE_KINDS:
        raise invalid("kind", BAD_KIND, kinds=", ".join(DEVICE_KINDS))
    try:
        place = office(office_code)
    except NotFound as problem:
        raise invalid("office", NO_OFFICE) from problem
    code = references.new(secrets.token_bytes(8))
    at = now()
    session.add(
        DeviceCode(
            code_hash=fingerprint(code), kind=kind, office_id=place.id, label=label, created_by=actor,
            created_at=at, expires_at=at + CODE_LIVES,
        )
    )  # fmt: skip
    audit.note(session, actor, "device.code", kind, office_code)
    return references.shown(code)


def enrol(code: str, key: str) -> Welcomed:
    """Use a code up for a browser's public key; the device waits for an administrator's word.

    `Invalid` where the code is wrong, used or old; a wrong one counts against every code that lives.
    """
    public_key = device_signature.key_of(key)
    if public_key is None:
        raise invalid("key", BAD_KEY)
    welcomed = _use(references.parse(code) or "", public_key)
    if welcomed is None:
        raise invalid("code", WRONG_CODE)
    return welcomed


@act
def _use(session: Session, code: str, public_key: bytes) -> Welcomed | None:
    alive = (DeviceCode.used_at.is_(None), DeviceCode.expires_at > now(), DeviceCode.tries < MOST_TRIES)
    mine = DeviceCode.code_hash == fingerprint(code)
    if rows_changed(session, update(DeviceCode).where(mine, *alive).values(used_at=now())) != 1:
        session.execute(update(DeviceCode).where(*alive).values(tries=DeviceCode.tries + 1))
        audit.note(session, "anonymous", "device.wrong_code", "")
        return None
    row = session.scalars(select(DeviceCode).where(mine)).one()
    token = new_token()
    device = Device(
        kind=row.kind, office_id=row.office_id, token_hash=fingerprint(token), label=row.label, created_at=now(),
        state="pending", public_key=public_key,
    )  # fmt: skip
    session.add(device)
    session.flush()
    place = office_by_id(row.office_id).code
    made = {"kind": row.kind, "office": place, "label": row.label, "state": "pending"}
    setting_changes.keep(session, DEVICE, str(device.id), {}, made, row.created_by)
    audit.note(session, row.created_by, "device.enrol", str(device.id), row.kind)
    return Welcomed(device.id, token, row.kind, device_signature.word(public_key))


@act
def approve(session: Session, number: int, actor: str) -> None:
    """Let a waiting device in; `NotFound` where none waits under this number."""
    waiting = update(Device).where(Device.id == number, Device.state == "pending")
    if rows_changed(session, waiting.values(state="open", approved_by=actor)) != 1:
        raise NotFound
    setting_changes.keep(session, DEVICE, str(number), {"state": "pending"}, {"state": "open"}, actor)
    audit.note(session, actor, "device.approve", str(number))


@act
def revoke(session: Session, number: int, actor: str) -> None:
    """Shut a device out, from its next request on; a second time changes nothing."""
    row = session.execute(select(Device.token_hash, Device.state).where(Device.id == number)).first()
    if row is None:
        raise NotFound
    still_in = update(Device).where(Device.id == number, Device.state != "revoked")
    if rows_changed(session, still_in.values(state="revoked", revoked_at=now())):
        tombstones.note(session, DEVICE_REVOKED, row.token_hash)
        setting_changes.keep(session, DEVICE, str(number), {"state": row.state}, {"state": "revoked"}, actor)
        audit.note(session, actor, "device.revoke", str(number))


def prove(device: Enrolled, header: str, request: Request) -> None:
    """The request comes from the device's own browser and was never sent before.

    `Unauthorized` otherwise, with an entry in the audit and an alarm for the administrator.
    """
    given = device_signature.signature(header)
    if given is None or not device_signature.signed(device.public_key, request, given):
        _alarm(device, "signature")
        raise Unauthorized
    if not _advance(device.number, given.stamp):
        _alarm(device, "replay")
        raise Unauthorized


@act
def _advance(session: Session, number: int, stamp: int) -> bool:
    """Take a stamp that is higher than every one before; a revoked device has none."""
    newer = update(Device).where(Device.id == number, Device.stamp < stamp, Device.state == "open")
    return rows_changed(session, newer.values(stamp=stamp, seen_at=now())) == 1


@act
def _alarm(session: Session, device: Enrolled, reason: str) -> None:
    """One entry a minute and reason is enough: who copied a cookie must not fill the audit."""
    known = select(AuditEntry.id).where(
        AuditEntry.action == ALARM,
        AuditEntry.subject == str(device.number),
        AuditEntry.detail == reason,
        AuditEntry.at > now() - ALARM_EVERY,
    )
    if session.scalar(known.limit(1)) is None:
        audit.note(session, f"{device.kind}/{device.number}", ALARM, str(device.number), reason)
