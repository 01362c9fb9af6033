"""プリンターの決まり: what an administrator may write down as a printer, and where in the network one may stand."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from models.core.errors import FieldProblem, Invalid
from models.core.messages import _n, message
from models.rules import free_text

LONGEST_NAME, LONGEST_ADDRESS = 60, 200
PORT = 631
SCHEMES = {"ipp": "http", "ipps": "https"}
PLAIN = re.compile(r"ipps?://[!-~]+")
HOST = re.compile(r"[A-Za-z0-9._-]{1,190}|[0-9A-Fa-f:.]{2,45}")
PATH = re.compile(r"(/[A-Za-z0-9._~%-]+)*/?")
FINGERPRINT = re.compile(r"[0-9a-f]{64}")
NETWORKS = tuple(
    ipaddress.ip_network(one)
    for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
"""Where a printer may stand: the networks of a house. This machine and its neighbours by wire are not among them."""
NO_NAME = _n("プリンターの名前を入力してください。例：1番窓口のプリンター")
LONG_NAME = _n("{most}文字までにしてください。")
NO_ADDRESS = _n("ipp:// か ipps:// で始まるアドレスを1つ入力してください。例：ipp://192.168.10.21/ipp/print")
BAD_FINGERPRINT = _n("SHA-256の指紋は、0〜9とA〜Fの64文字です。区切りのコロンはあってもかまいません。")
NOT_IPP = _n("指紋は、ipps:// のプリンターにだけ使います。")
NO_COUNTER = _n("このプリンターを使う窓口を選んでください。")
TAKEN = _n("{counter}番窓口は、「{printer}」で印刷することになっています。")
ODD_COUNTER = _n("その窓口はありません。画面を開き直してください。")


@dataclass(frozen=True)
class Wanted:
    """A printer as somebody typed it, or as it may be kept."""

    name: str
    address: str
    fingerprint: str
    counters: tuple[str, ...]


@dataclass(frozen=True)
class Address:
    """An address in its parts; `path` begins with a slash."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def http(self) -> str:
        """The address as HTTP knows it: IPP is HTTP with its own port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{SCHEMES[self.scheme]}://{host}:{self.port}{self.path}"


def checked(typed: Wanted, known: Sequence[str]) -> Wanted:
    """What was typed as it may be kept, `known` being the office's counters; `Invalid` names each that may not."""
    wanted = Wanted(
        typed.name.strip(),
        typed.address.strip(),
        typed.fingerprint.replace(":", "").replace(" ", "").lower(),
        tuple(number for number in known if number in typed.counters),
    )
    problems = [*_of_name(wanted.name), *_of_address(wanted.address, wanted.fingerprint)]
    if not wanted.counters:
        problems.append(FieldProblem("counters", message(ODD_COUNTER if typed.counters else NO_COUNTER)))
    if problems:
        raise Invalid(problems)
    return wanted


def checked_all(
    typed: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]], known: Sequence[str]
) -> list[dict[str, Any]]:
    """An office's printers as they may be set, by name; those that stay as they were are not judged anew.

    `Invalid` names each field of the others that may not be, and a counter that would print at two of them.
    """
    found = [
        dict(one)
        if one in before
        else plain(checked(Wanted(**{**one, "counters": tuple(one["counters"])}), known))
        for one in typed
    ]
    for at, one in enumerate(found):
        for other in found[:at]:
            both = next((number for number in one["counters"] if number in other["counters"]), None)
            if both:
                raise Invalid([FieldProblem("counters", message(TAKEN, counter=both, printer=other["name"]))])
    return ordered(found)


def plain(one: Wanted) -> dict[str, Any]:
    """A printer as a setting."""
    return {**asdict(one), "counters": list(one.counters)}


def ordered(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Printers by name."""
    return sorted(rows, key=lambda one: (one["name"], one["address"]))


def parts(address: str) -> Address | None:
    """An address in its parts; None where it is none that a printer may have: no name or password, nothing behind."""
    if not PLAIN.fullmatch(address) or len(address) > LONGEST_ADDRESS:
        return None
    try:
        found = urlsplit(address)
        host, port = found.hostname or "", found.port
    except ValueError:
        return None
    odd = found.username is not None or found.password is not None or "?" in address or "#" in address
    if odd or port == 0 or not HOST.fullmatch(host) or not PATH.fullmatch(found.path):
        return None
    return Address(found.scheme, host, port or PORT, found.path or "/")


def in_house(address: str) -> bool:
    """Whether a numeric address is one of a house's own network; one that wraps another counts as that one."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    found = inner or found
    return any(found in one for one in NETWORKS if one.version == found.version)


def _of_name(name: str) -> list[FieldProblem]:
    if not name:
        return [FieldProblem("name", message(NO_NAME))]
    if len(name) > LONGEST_NAME:
        return [FieldProblem("name", message(LONG_NAME, most=LONGEST_NAME))]
    refused = free_text.refusal(name)
    return [FieldProblem("name", refused)] if refused else []


def _of_address(address: str, fingerprint: str) -> list[FieldProblem]:
    found = parts(address)
    problems = [] if found else [FieldProblem("address", message(NO_ADDRESS))]
    if fingerprint and not FINGERPRINT.fullmatch(fingerprint):
        problems.append(FieldProblem("fingerprint", message(BAD_FINGERPRINT)))
    elif fingerprint and found and found.scheme != "ipps":
        problems.append(FieldProblem("fingerprint", message(NOT_IPP)))
    return problems
