"""送り方の決まり: what each way out needs before it can be opened; which hosts may be asked at all."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from models.core.errors import FieldProblem, Invalid
from models.core.messages import _n, message
from models.rules.line_account import ACCOUNT

LONGEST = 500
MAILBOX = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,190}")
MADE = ("private_key", "public_key")
"""Of push: made when it is opened, never typed."""
NEEDED = _n("入力してください。")
UNKNOWN = _n("この項目は使いません。")
TOO_LONG = _n("{most}文字以内の1行で入力してください。")
NOT_A_MAILBOX = _n("メールアドレスを1つだけ入力してください。例：yoyaku@city.example.jp")
NOT_SMTP = _n("smtp://利用者:パスワード@サーバー:587 か、smtps:// で始まる形にしてください。")
NOT_HTTPS = _n("https:// で始まるアドレスにしてください。")
WEAK_SECRET = _n("32文字以上の、推測されない文字にしてください。")
NOT_AN_ACCOUNT = _n("@ で始まるベーシックIDかプレミアムIDを入力してください。例：@maeniwa")
NO_SUCH_WAY = _n("その送り方はありません。")


@dataclass(frozen=True)
class Needs:
    """Which needs a way out has: those it cannot do without, and others."""

    needed: tuple[str, ...]
    more: tuple[str, ...] = ()


WAYS: Mapping[str, Needs] = {
    "email": Needs(("url", "sender"), ("name",)),
    "push": Needs(("contact",)),
    "line": Needs(("token",), ("url", "secret", "account")),
    "sms": Needs(("url", "token"), ("sender",)),
    "webhook": Needs(("url", "secret")),
}
"""`url`: the server (SMTP, gateway, the city's system); `token`, `secret`: what opens it; `contact`: whom a push
service may write to; `account`: its name in LINE; `sender`, `name`: whom a message comes from."""


def checked(name: str, needs: Mapping[str, str]) -> dict[str, str]:
    """What a way needs as it may be kept; `Invalid` names each that may not."""
    if name not in WAYS:
        raise Invalid([FieldProblem("name", message(NO_SUCH_WAY))])
    way = WAYS[name]
    given = {key: value.strip() for key, value in needs.items() if value.strip()}
    problems = [FieldProblem(key[:40], message(UNKNOWN)) for key in given if key not in way.needed + way.more]
    problems += [FieldProblem(key, message(NEEDED)) for key in way.needed if key not in given]
    for key, value in given.items():
        refusal = _refusal(name, key, value)
        if refusal:
            problems.append(FieldProblem(key[:40], message(refusal, most=LONGEST)))
    if problems:
        raise Invalid(problems)
    return given


def _refusal(name: str, key: str, value: str) -> str:
    if len(value) > LONGEST or not value.isprintable():
        return TOO_LONG
    if name == "email" and key == "url":
        return "" if _scheme(value) in ("smtp", "smtps") else NOT_SMTP
    if key == "url":
        return "" if _scheme(value) == "https" or (_scheme(value) == "http" and here(value)) else NOT_HTTPS
    if (name == "email" and key == "sender") or key == "contact":
        return "" if MAILBOX.fullmatch(value) else NOT_A_MAILBOX
    if key == "account":
        return "" if ACCOUNT.fullmatch(value) else NOT_AN_ACCOUNT
    return WEAK_SECRET if key == "secret" and len(value) < 32 else ""


def _scheme(address: str) -> str:
    try:
        parts = urlsplit(address)
        return parts.scheme if parts.hostname and (parts.port is None or parts.port) else ""
    except ValueError:
        return ""


def here(address: str) -> bool:
    """Whether an address is of this very machine, where nothing travels."""
    return (urlsplit(address).hostname or "") in ("localhost", "127.0.0.1", "::1")


def outside(address: str) -> bool:
    """Whether a numeric address is one of the public internet's; one that wraps another counts as that one."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return outside(str(inner))
    return found.is_global and not found.is_multicast
