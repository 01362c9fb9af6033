"""職員・機器・接続: who may enter besides residents. Secrets are given out once and stored as hashes only."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import FieldProblem, Invalid, NotFound, TooMany, invalid
from models.core.messages import _n, message
from models.core.tokens import fingerprint, new_token
from models.core.tombstones import TOKEN_REVOKED
from models.core.transaction import act, rows_changed
from models.operations import audit, setting_changes, tombstones
from models.queries import staff
from models.queries.offices import office
from models.queries.setting_changes import DEVICE, STAFF, TOKEN
from models.queries.staff import StaffView
from models.rules import free_text, references
from models.rules.passwords import check_password
from models.tables import AccessToken, Device, Staff
from models.tables.staff import DEVICE_KINDS, ROLES

CODE_LIVES = timedelta(hours=72)
FAILURES = 10
USED_EVERY = timedelta(hours=1)
FAILURE_WINDOW = timedelta(minutes=15)
BAD_ROLE = _n("役割を選んでください。")
BAD_KIND = _n("機器の種類を選んでください。")
TAKEN = _n("この利用者名はもう使われています。別の名前にしてください。")
NO_NAME = _n("利用者名は半角の英小文字・数字・点・ハイフンで、2〜60文字にしてください。")
BAD_CODE = _n("合言葉が違うか、期限が過ぎています。管理者に新しい合言葉を出してもらってください。")
LOCKED = _n("続けて間違えたため、しばらくサインインできません。15分ほど待ってください。")
_hasher = PasswordHasher()


@dataclass(frozen=True)
class Invited:
    """A new or reset staff account: only here is the one-time code in clear."""

    username: str
    code: str


@act
def invite(
    session: Session, username: str, name: str, role: str, office_code: str | None, actor: str
) -> Invited:
    """Make a staff account that opens once with a code, within 72 hours; then its owner sets a password."""
    return _invited(session, username, name, role, office_code, actor)


@act
def invite_several(
    session: Session, people: Sequence[tuple[str, str, str]], office_code: str, actor: str
) -> list[Invited]:
    """Invite (username, name, role) into an office, everybody or nobody; `Invalid` names fields as `username.0`."""
    made = []
    for at, (username, name, role) in enumerate(people):
        try:
            made.append(_invited(session, username, name, role, office_code, actor))
        except Invalid as refused:
            raise Invalid(
                [FieldProblem(f"{one.field}.{at}", one.message) for one in refused.problems]
            ) from refused
        session.flush()
    return made


def check_invitation(username: str, name: str, role: str, office_code: str | None) -> None:
    """`Invalid` and `NotFound` where `invite` would refuse."""
    problems = [
        *_refused("username", username),
        *_refused("name", name),
        *([] if role in ROLES else [FieldProblem("role", message(BAD_ROLE))]),
    ]
    if not staff.USERNAME.fullmatch(username):
        problems.insert(0, FieldProblem("username", message(NO_NAME)))
    elif staff.by_username(username) is not None:
        problems.insert(0, FieldProblem("username", message(TAKEN)))
    if problems:
        raise Invalid(problems)
    if office_code:
        office(office_code)


def _invited(
    session: Session, username: str, name: str, role: str, office_code: str | None, actor: str
) -> Invited:
    check_invitation(username, name, role, office_code)
    row = Staff(
        username=username,
        name=name or username,
        role=role,
        office_id=office(office_code).id if office_code else None,
        session_id=new_token(),
        created_at=now(),
    )
    session.add(row)
    code = _coded(row)
    session.flush()
    setting_changes.keep(session, STAFF, str(row.id), {}, _kept(row), actor)
    audit.note(session, actor, "staff.invite", username, role)
    return Invited(username, code)


@act
def new_code(session: Session, username: str, actor: str) -> Invited:
    """Give a staff account a fresh one-time code and end all its sessions; its password is forgotten."""
    row = _row(session, username)
    before = _kept(row)
    row.password, row.session_id, row.failures, row.active = None, new_token(), 0, True
    code = _coded(row)
    setting_changes.keep(session, STAFF, str(row.id), before, _kept(row), actor)
    tombstones.note_staff(session, username, opened=True)
    audit.note(session, actor, "staff.new_code", username)
    return Invited(username, code)


@act
def enter_with_code(session: Session, code: str) -> StaffView:
    """Use a one-time code up; `Invalid` where it is wrong, used or expired."""
    spelled = references.parse(code) or ""
    row = session.scalar(select(Staff).where(Staff.code_hash == fingerprint(spelled), Staff.active))
    if row is None or row.code_expires_at is None or row.code_expires_at <= now():
        raise invalid("code", BAD_CODE)
    if (
        rows_changed(
            session,
            update(Staff).where(Staff.id == row.id, Staff.code_hash == row.code_hash).values(code_hash=None),
        )
        != 1
    ):
        raise invalid("code", BAD_CODE)
    audit.note(session, row.username, "staff.enter_with_code", row.username)
    return staff.view(row)


@act
def set_password(session: Session, username: str, password: str) -> StaffView:
    """Set a staff account's password (15 characters or more, not a known one) and end all its sessions.

    Gives the account with its new session id, so that its owner can stay.
    """
    check_password(password, username)
    row = _row(session, username)
    row.password, row.failures, row.failing_since = _hasher.hash(password), 0, None
    row.session_id = new_token()
    audit.note(session, username, "staff.set_password", username)
    return staff.view(row)


@act
def note_sign_in(session: Session, username: str) -> StaffView:
    """After a right password: earlier sessions end, wrong attempts are forgotten; gives the new session id."""
    row = _row(session, username)
    row.session_id, row.failures, row.failing_since = new_token(), 0, None
    audit.note(session, username, "staff.sign_in", username)
    return staff.view(row)


@act
def note_failure(session: Session, username: str) -> None:
    """Count a wrong password, by UPDATE so that parallel guesses all count."""
    row = session.scalar(select(Staff).where(Staff.username == username).with_for_update())
    if row is None:
        return
    if row.failing_since is None or row.failing_since < now() - FAILURE_WINDOW:
        row.failures, row.failing_since = 0, now()
    row.failures += 1
    audit.note(session, "anonymous", "staff.wrong_password", username)


def refuse_if_locked(username: str) -> None:
    """`TooMany` for 15 minutes after 10 wrong passwords."""
    if staff.failing(username, now() - FAILURE_WINDOW) >= FAILURES:
        raise TooMany(LOCKED, retry_after=int(FAILURE_WINDOW.total_seconds()))


@act
def set_active(session: Session, username: str, active: bool, actor: str) -> None:
    """Open or close an account; closing ends its sessions at once."""
    row = _row(session, username)
    before = _kept(row)
    row.active, row.session_id, row.code_hash = active, new_token(), None
    setting_changes.keep(session, STAFF, str(row.id), before, _kept(row), actor)
    tombstones.note_staff(session, username, opened=active)
    audit.note(session, actor, "staff.open" if active else "staff.close", username)


@act
def end_sessions(session: Session, username: str) -> None:
    """End every session of an account."""
    session.execute(update(Staff).where(Staff.username == username).values(session_id=new_token()))
    audit.note(session, username, "staff.sign_out", username)


@act
def issue_token(
    session: Session, role: str, office_code: str | None, actor: str, label: str = "", days: int | None = None
) -> str:
    """A bearer token for a system, scoped to a role and an office, for so many days (None: for good).

    Given out once.
    """
    check_token(role, office_code, label)
    token = new_token()
    place = office(office_code) if office_code else None
    row = AccessToken(
        token_hash=fingerprint(token),
        role=role,
        office_id=place.id if place else None,
        label=label,
        created_at=now(),
        expires_at=None if days is None else now() + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    made = {"label": label, "role": role, "office": office_code or "", "until": _instant(row.expires_at)}
    setting_changes.keep(session, TOKEN, str(row.id), {}, {**made, "good": True}, actor)
    audit.note(session, actor, "token.issue", role, office_code or "")
    return token


def check_token(role: str, office_code: str | None, label: str) -> None:
    """`Invalid` and `NotFound` where `issue_token` would refuse."""
    _check_text("label", label)
    if role not in ROLES:
        raise invalid("role", BAD_ROLE)
    if office_code:
        office(office_code)


@act
def token_used(session: Session, number: int) -> None:
    """Note that a token is in use now; within an hour of the last time nothing is written."""
    at = now()
    stale = or_(AccessToken.used_at.is_(None), AccessToken.used_at <= at - USED_EVERY)
    session.execute(update(AccessToken).where(AccessToken.id == number, stale).values(used_at=at))


def to_note(used_at: datetime | None) -> bool:
    """Whether a use now is worth a note after the last one that was noted."""
    return used_at is None or used_at <= now() - USED_EVERY


@act
def revoke_token(session: Session, number: int, actor: str) -> None:
    """Let a system's token open nothing any more, from its next request on; a second time changes nothing.

    `NotFound` where no token has this number.
    """
    token_hash = session.scalar(select(AccessToken.token_hash).where(AccessToken.id == number))
    if token_hash is None:
        raise NotFound
    still_good = update(AccessToken).where(AccessToken.id == number, AccessToken.revoked_at.is_(None))
    if rows_changed(session, still_good.values(revoked_at=now())):
        tombstones.note(session, TOKEN_REVOKED, token_hash)
        setting_changes.keep(session, TOKEN, str(number), {"good": True}, {"good": False}, actor)
        audit.note(session, actor, "token.revoke", str(number))


@act
def enrol_device(session: Session, kind: str, office_code: str, actor: str, label: str = "") -> str:
    """A kiosk's or board's token; given out once."""
    check_device(kind, office_code, label)
    token = new_token()
    place = office(office_code)
    row = Device(kind=kind, office_id=place.id, token_hash=fingerprint(token), label=label, created_at=now())
    session.add(row)
    session.flush()
    made = {"kind": kind, "office": office_code, "label": label, "state": row.state}
    setting_changes.keep(session, DEVICE, str(row.id), {}, made, actor)
    audit.note(session, actor, "device.enrol", kind, office_code)
    return token


def check_device(kind: str, office_code: str, label: str) -> None:
    """`Invalid` and `NotFound` where `enrol_device` would refuse."""
    _check_text("label", label)
    if kind not in DEVICE_KINDS:
        raise invalid("kind", BAD_KIND)
    office(office_code)


def _check_text(field: str, text: str) -> None:
    if problems := _refused(field, text):
        raise Invalid(problems)


def _refused(field: str, text: str) -> list[FieldProblem]:
    refused = free_text.refusal(text)
    return [] if refused is None else [FieldProblem(field, refused)]


def _coded(row: Staff) -> str:
    code = references.new(secrets.token_bytes(8))
    row.code_hash, row.code_expires_at = fingerprint(code), now() + CODE_LIVES
    return references.shown(code)


def _kept(row: Staff) -> dict[str, Any]:
    """What is kept of an account among the changes: neither its name nor anything that opens it."""
    return {
        "role": row.role,
        "office": staff.office_code_of(row.office_id) or "",
        "active": row.active,
        "code_until": _instant(row.code_expires_at) if row.code_hash else "",
    }


def _instant(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _row(session: Session, username: str) -> Staff:
    row = session.scalar(select(Staff).where(Staff.username == username))
    if row is None:
        raise NotFound
    return row
