"""Passwords of staff: long, not known, not one's own name (NIST SP 800-63B: length and a blocklist, no composition)."""

from __future__ import annotations

from models.core.errors import invalid
from models.core.messages import _n

SHORTEST = 15
LONGEST = 200
KNOWN = ("password", "passw0rd", "maeniwa", "123456789", "qwerty", "administrator", "letmein", "abcdefgh")
TOO_SHORT = _n("パスワードは{shortest}文字以上にしてください。いくつかの言葉をつなげると覚えやすくなります。")
TOO_LONG = _n("パスワードは{longest}文字までにしてください。")
TOO_KNOWN = _n("このパスワードはよく使われる言葉や利用者名そのものです。別のものにしてください。")


def check_password(password: str, username: str) -> None:
    """Raise `Invalid` with what to do when a password cannot be taken."""
    if len(password) < SHORTEST:
        raise invalid("password", TOO_SHORT, shortest=SHORTEST)
    if len(password) > LONGEST:
        raise invalid("password", TOO_LONG, longest=LONGEST)
    plain = password.casefold()
    for known in (*KNOWN, username.casefold()):
        plain = plain.replace(known, "")
    if len(plain) < SHORTEST // 2 or len(set(password)) < 5:
        raise invalid("password", TOO_KNOWN)
