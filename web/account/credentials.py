"""Is this the right password? A few checks at a time, the same time for every name, every failure counted."""

from __future__ import annotations

import secrets
import threading
from functools import cache

from flask_security.utils import hash_password, verify_password

from models.core.errors import TooMany
from models.operations import accounts
from models.queries import staff
from models.queries.staff import StaffView
from models.rules.passwords import LONGEST

AT_ONCE = 2
"""argon2 is heavy on purpose: more at once would let a flood of sign-ins starve the counters (figure G14)."""
PATIENCE_SECONDS = 5.0
_turns = threading.BoundedSemaphore(AT_ONCE)


def signed_in(username: str, password: str) -> StaffView | None:
    """The account with a new session id; None for a wrong name or password, which is counted.

    Raises `TooMany` for 15 minutes after 10 failures, or when too many people sign in at this moment.
    """
    accounts.refuse_if_locked(username)
    account = staff.by_username(username)
    usable = account is not None and account.active and account.password is not None
    right = matches(password, account.password if account and usable and account.password else _nobodys())
    if account is None or not usable or not right:
        accounts.note_failure(username)
        return None
    return accounts.note_sign_in(username)


def matches(password: str, kept: str) -> bool:
    """Whether a password belongs to the hash that was kept of it."""
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise TooMany(retry_after=10)
    try:
        return verify_password(password[: LONGEST + 1], kept)
    finally:
        _turns.release()


@cache
def _nobodys() -> str:
    """The hash of a password that nobody has, so that an unknown name takes as long as a known one."""
    return hash_password(secrets.token_hex())
