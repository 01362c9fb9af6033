"""Staff, systems and devices as the doors' guards see them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select

from models.core.clock import now
from models.core.db import session
from models.core.errors import NotFound
from models.core.tokens import fingerprint, is_token
from models.tables import AccessToken, Device, Office, Staff

USERNAME = re.compile(r"[a-z0-9][a-z0-9.\-]{1,59}")
BY_SESSION = select(Staff).where(Staff.session_id == bindparam("session"), Staff.active)
"""Every page of staff asks this, so it is built once."""


@dataclass(frozen=True)
class StaffView:
    """職員: one account."""

    id: int
    username: str
    name: str
    role: str
    office_id: int | None
    active: bool
    session_id: str = field(repr=False)
    password: str | None = field(repr=False)
    created_at: datetime


@dataclass(frozen=True)
class Holder:
    """Who holds a bearer or device token: a role or kind, and the office it is scoped to."""

    role: str
    office_id: int | None
    number: int
    used_at: datetime | None = None


@dataclass(frozen=True)
class TokenView:
    """A system's bearer token by its number, never the token; instants are UTC, `used_at` to the hour."""

    number: int
    role: str
    office: str
    label: str
    created_at: datetime
    revoked_at: datetime | None
    expires_at: datetime | None = None
    used_at: datetime | None = None

    def state_at(self, at: datetime) -> str:
        """`good`, `expired` or `revoked`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= at else "good"


def by_username(username: str) -> StaffView | None:
    """The account with this name."""
    row = session().scalar(select(Staff).where(Staff.username == username))
    return None if row is None else view(row)


def by_session(session_id: str) -> StaffView | None:
    """The open account whose live sessions carry this id."""
    row = session().scalar(BY_SESSION, {"session": session_id})
    return None if row is None else view(row)


def username_of(number: int) -> str:
    """The name of an account by its row; empty where there is none."""
    row = session().get(Staff, number)
    return row.username if row else ""


def everyone() -> tuple[StaffView, ...]:
    """Every account, by name."""
    return tuple(view(row) for row in session().scalars(select(Staff).order_by(Staff.username)))


def failing(username: str, since: datetime) -> int:
    """How many wrong passwords in a row since an instant."""
    row = session().scalar(select(Staff).where(Staff.username == username))
    if row is None or row.failing_since is None or row.failing_since < since:
        return 0
    return row.failures


def by_bearer(token: str) -> Holder | None:
    """Who holds a bearer token that was not revoked and has not expired."""
    if not is_token(token):
        return None
    row = session().scalar(
        select(AccessToken).where(
            AccessToken.token_hash == fingerprint(token), AccessToken.revoked_at.is_(None)
        )
    )
    if row is None or (row.expires_at is not None and row.expires_at <= now()):
        return None
    return Holder(row.role, row.office_id, row.id, row.used_at)


def access_tokens() -> tuple[TokenView, ...]:
    """Every bearer token that was given out, oldest first; `office` is a code, or empty where it is good for all."""
    chosen = select(AccessToken, Office.code).outerjoin(Office, Office.id == AccessToken.office_id)
    return tuple(_token(row, code) for row, code in session().execute(chosen.order_by(AccessToken.id)))


def access_token(number: int) -> TokenView:
    """The token with this number; `NotFound` where there is none."""
    chosen = select(AccessToken, Office.code).outerjoin(Office, Office.id == AccessToken.office_id)
    found = session().execute(chosen.where(AccessToken.id == number)).first()
    if found is None:
        raise NotFound
    return _token(*found)


def _token(row: AccessToken, code: str | None) -> TokenView:
    return TokenView(
        row.id, row.role, code or "", row.label, row.created_at, row.revoked_at, row.expires_at, row.used_at
    )


def by_device(token: str) -> Holder | None:
    """Which kiosk or board holds a device token that was not revoked; a browser's cookie is no such token."""
    if not is_token(token):
        return None
    row = session().scalar(
        select(Device).where(
            Device.token_hash == fingerprint(token), Device.revoked_at.is_(None), Device.public_key.is_(None)
        )
    )
    return None if row is None else Holder(row.kind, row.office_id, row.id)


def office_code_of(number: int | None) -> str | None:
    """The code of the office a holder is scoped to."""
    return None if number is None else session().scalar(select(Office.code).where(Office.id == number))


def view(row: Staff) -> StaffView:
    """A row as the guards see it."""
    return StaffView(
        row.id, row.username, row.name, row.role, row.office_id, row.active, row.session_id, row.password,
        row.created_at,
    )  # fmt: skip
