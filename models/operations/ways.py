"""送り方を決める: open a way out with what was typed; what is secret and left empty stays as it was."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, invalid
from models.core.messages import _n
from models.core.tokens import new_token
from models.core.transaction import act
from models.operations import audit
from models.operations.channels import open_channel
from models.operations.messages import Notice, Way, put
from models.operations.subscriptions import CLOSED, checked_address
from models.queries import channels
from models.queries.offices import offices
from models.queries.ways import hidden, kept_needs, seen
from models.rules import mynumber
from models.rules.channels import WAYS, checked

SECRETS = ("password", "token", "secret")
TESTABLE = ("email", "line", "sms", "webhook")
"""A browser's address is given by the browser only, so push cannot be tried from here."""
NO_SERVER = _n("メールサーバーの名前を入力してください。例：smtp.city.example.jp")
BAD_PORT = _n("ポートは1から65535までの数にしてください。")
BAD_SECURITY = _n("通信の守り方を選んでください。")
NEEDS_USER = _n("パスワードを使うときは、利用者の名前も入力してください。")
CANNOT_TRY = _n("この送り方は、ここからは試せません。")


@dataclass(frozen=True)
class Outlook:
    """What opening a way would make of it: what may be seen of it now and then; of its secrets only the names.

    `had`: those it has now, `hidden`: those it would have, `secrets`: those that would not be the same.
    """

    before: Mapping[str, str]
    after: Mapping[str, str]
    had: frozenset[str]
    hidden: frozenset[str]
    secrets: frozenset[str]


def outlook(name: str, typed: Mapping[str, str], fresh: bool = False) -> Outlook:
    """What `open_way` would do, without doing it; `Invalid` names the boxes."""
    old, (new, _) = kept_needs(name), _wanted(name, typed, fresh)
    was, becomes = hidden(name, old), hidden(name, new)
    others = frozenset(key for key in SECRETS if was.get(key, "") != becomes.get(key, ""))
    return Outlook(seen(name, old), seen(name, new), frozenset(was), frozenset(becomes), others)


def open_way(name: str, typed: Mapping[str, str], actor: str, fresh: bool = False) -> str:
    """Open a way with the boxes of its form; a secret that was made (webhook), to be shown once, else empty.

    `fresh` makes another secret where there is one. `Invalid` names the boxes.
    """
    given, made = _wanted(name, typed, fresh)
    open_channel(name, given, actor)
    return made


def _wanted(name: str, typed: Mapping[str, str], fresh: bool) -> tuple[dict[str, str], str]:
    """What a way needs as it was typed, with what stays as it was; and a secret that was made."""
    given = {key: value.strip() for key, value in typed.items() if value.strip()}
    for key, text in given.items():
        if key not in SECRETS and mynumber.contains_my_number(text):
            raise invalid(key, mynumber.REFUSED)
    kept, made = kept_needs(name), ""
    if name == "email":
        given = _mail(given, kept)
    elif name == "webhook" and (fresh or not kept.get("secret")):
        given["secret"] = made = new_token() + new_token()
    elif name != "push":
        given = {key: kept[key] for key in ("token", "secret") if kept.get(key)} | given
    return checked(name, given), made


def kept(name: str) -> dict[str, str]:
    """What was typed for a way when it was open; empty where nothing was, or the installation's server is used."""
    known = WAYS[name].needed + WAYS[name].more
    return {key: text for key, text in kept_needs(name).items() if key in known}


def open_again(name: str, actor: str) -> None:
    """Open a way with what was kept of it; `Conflict` where nothing was."""
    if not (needs := kept(name)):
        raise Conflict(CLOSED)
    open_channel(name, needs, actor)


@act
def send_test(session: Session, name: str, address: str, language: str, actor: str) -> None:
    """Put a test message to this address into the outbox; `Conflict` where the way is closed, `Invalid` otherwise."""
    if name not in TESTABLE:
        raise Conflict(CANNOT_TRY)
    if not channels.is_open(name):
        raise Conflict(CLOSED)
    to = "" if name == "webhook" else checked_address(name, address)
    occasion = f"test/{name}/{now():%Y%m%dT%H%M%S%f}"
    put(session, Notice("test", occasion, offices()[0], language, {}), [Way(name, to)])
    audit.note(session, actor, "channel.test", name)


def _mail(given: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    """The boxes of the mail server as one address."""
    server, port = given.get("server", ""), given.get("port", "")
    security, user = given.get("security", ""), given.get("user", "")
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,190}", server):
        raise invalid("server", NO_SERVER)
    if port and not (port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65536):
        raise invalid("port", BAD_PORT)
    if security not in ("smtp", "smtps"):
        raise invalid("security", BAD_SECURITY)
    password = given.get("password", "") or _same(server, user, kept)
    if password and not user:
        raise invalid("user", NEEDS_USER)
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "") + "@" if user else ""
    url = f"{security}://{login}{server}" + (f":{port}" if port else "")
    return {"url": url} | {key: given[key] for key in ("sender", "name") if key in given}


def _same(server: str, user: str, kept: Mapping[str, str]) -> str:
    """The password that was given before, for the same user of the same server only."""
    parts = urlsplit(kept.get("url", ""))
    if parts.hostname != server.lower() or unquote(parts.username or "") != user:
        return ""
    return unquote(parts.password or "")
