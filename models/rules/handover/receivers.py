"""連携先の決まり: what a receiver may be called, which items it takes, and where anything may be put or sent."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, get_args
from urllib.parse import urlsplit

from models.core.errors import FieldProblem, Invalid, invalid
from models.core.messages import Message, _n, message
from models.rules import free_text
from models.rules.channels import here
from models.rules.handover.items import Dates

WAYS = ("copy", "file", "folder", "webhook")
"""By the clerk's clipboard; as a file the clerk saves; into a watch folder; to a system inside the closed network."""
CARRIED = ("folder", "webhook")
"""Ways on which the scheduler carries it, and tries again."""
MOST_ITEMS, LONGEST, LONGEST_URL = 80, 60, 500
FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,39}(/[A-Za-z0-9_][A-Za-z0-9_-]{0,39}){0,3}")
RESERVED = re.compile(r"(?:^|/)(?:con|prn|aux|nul|com\d|lpt\d)(?:/|$)", re.IGNORECASE)
"""Names that are devices on Windows."""
CLOSED = tuple(
    ipaddress.ip_network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)

NEEDED = _n("入力してください。")
NO_SUCH_WAY = _n("渡し方を選んでください。")
NO_SUCH_SHAPE = _n("この渡し方で使える形を選んでください。")
NO_SUCH_DATES = _n("日付の書き方を選んでください。")
NO_SUCH_FORM = _n("{form}という様式はありません。")
TOO_LONG = _n("{most}文字以内の1行で入力してください。")
TOO_MANY = _n("項目は{most}行までです。")
BAD_ITEM = _n("{row}行目を直してください。1行に1つの項目の名前を、{most}文字以内で入力してください。")
BAD_FOLDER = _n("フォルダーの名前は、半角の英数字と「_」「-」で、「/」で区切って4段までです。例：jumin/in")
NO_FOLDERS = _n("この設置場所では、監視フォルダーを使えません。設定の handover_folder を決めてください。")
SAME_NAME = _n("同じ名前の連携先があります。ちがう名前にするか、前の連携先を先にやめてください。")
BAD_URL = _n("https:// で始まり、利用者名やパスワードを含まないアドレスにしてください。")
NOT_ALLOWED = _n("{host}は、庁内の機器として許されていません。設定の allowed_hosts に加えてください。")


@dataclass(frozen=True)
class Wanted:
    """A receiver as an administrator describes it; `order` empty takes every item, `forms` empty every form."""

    name: str
    way: str
    shape: str
    order: tuple[str, ...] = ()
    dates: str = "iso"
    forms: tuple[str, ...] = ()
    folder: str = ""
    url: str = ""


def plain(one: Wanted) -> dict[str, Any]:
    """A receiver as a setting: nothing of a way that is not its own."""
    return {
        **asdict(one),
        "name": one.name.strip(),
        "order": list(one.order),
        "forms": list(one.forms),
        "folder": one.folder if one.way == "folder" else "",
        "url": one.url if one.way == "webhook" else "",
    }


def wanted(row: Mapping[str, Any]) -> Wanted:
    """A receiver of a setting."""
    return Wanted(**{**row, "order": tuple(row["order"]), "forms": tuple(row["forms"])})


def ordered(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Receivers by name; `Invalid` where two have one name."""
    if len({one["name"] for one in rows}) < len(rows):
        raise invalid("name", SAME_NAME)
    return sorted(rows, key=lambda one: str(one["name"]))


def order_of(text: str) -> tuple[str, ...]:
    """The names of items as typed, one a line; empty lines say nothing."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def check(wanted: Wanted, folders: bool, allowed: frozenset[str]) -> None:
    """`Invalid` names everything that a receiver may not be; `folders`: whether the installation has watch folders."""
    problems = [*_in_words(wanted), *_in_order(wanted.order)]
    if wanted.way == "folder":
        problems += _of_folder(wanted.folder, folders)
    if wanted.way == "webhook":
        problems += _of_url(wanted.url, allowed)
    if problems:
        raise Invalid(problems)


def _in_words(wanted: Wanted) -> list[FieldProblem]:
    problems = []
    if not wanted.name.strip():
        problems.append(FieldProblem("name", message(NEEDED)))
    elif len(wanted.name) > LONGEST:
        problems.append(FieldProblem("name", message(TOO_LONG, most=LONGEST)))
    elif refused := free_text.refusal(wanted.name):
        problems.append(FieldProblem("name", refused))
    if wanted.way not in WAYS:
        problems.append(FieldProblem("way", message(NO_SUCH_WAY)))
    if wanted.dates not in get_args(Dates):
        problems.append(FieldProblem("dates", message(NO_SUCH_DATES)))
    return problems


def _in_order(order: tuple[str, ...]) -> list[FieldProblem]:
    if len(order) > MOST_ITEMS:
        return [FieldProblem("order", message(TOO_MANY, most=MOST_ITEMS))]
    wrong = (row for row, one in enumerate(order, 1) if len(one) > LONGEST or not one.isprintable())
    return [FieldProblem("order", message(BAD_ITEM, row=row, most=LONGEST)) for row in wrong][:1]


def _of_folder(folder: str, folders: bool) -> list[FieldProblem]:
    if not folders:
        return [FieldProblem("folder", message(NO_FOLDERS))]
    good = FOLDER.fullmatch(folder) is not None and RESERVED.search(folder) is None
    return [] if good else [FieldProblem("folder", message(BAD_FOLDER))]


def _of_url(url: str, allowed: frozenset[str]) -> list[FieldProblem]:
    told = refused_url(url, allowed)
    return [FieldProblem("url", told)] if told is not None else []


def refused_url(url: str, allowed: frozenset[str]) -> Message | None:
    """Why nothing may be sent to an address: only to named machines of the closed network, and encrypted."""
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return message(BAD_URL)
    plain = (
        url.isascii() and url.isprintable() and len(url) <= LONGEST_URL and " " not in url and "\\" not in url
    )
    safe = parts.scheme == "https" or (parts.scheme == "http" and here(url))
    if not plain or not safe or not host or parts.username is not None or parts.password is not None:
        return message(BAD_URL)
    return None if host in allowed else message(NOT_ALLOWED, host=host)


def in_closed_network(address: str) -> bool:
    """Whether a numeric address is one of a city's own network: private, and no loopback, link-local or public one."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in network for network in CLOSED if network.version == found.version)
