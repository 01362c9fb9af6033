"""入場の決まり: who may use an endpoint, and who is at the door; said by every door in the same words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

ATTRIBUTE = "access_policy"
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Policy:
    """Who may use an endpoint: `kind` public, holder, staff or device; `names` are the roles or device kinds.

    `records` marks the few GET endpoints that must note who opened what (and write nothing else). `signed` asks a
    device that was enrolled in a browser for a signature with its key besides its cookie.
    """

    kind: str
    names: frozenset[str] = field(default_factory=frozenset)
    records: bool = False
    signed: bool = False

    def __call__(self, view: F) -> F:
        """Declare this policy on a view."""
        setattr(view, ATTRIBUTE, self)
        return view


PUBLIC = Policy("public")
"""Anybody."""
HOLDER = Policy("holder")
"""Whoever holds the unguessable token in the address; the view looks it up and answers 404 to everybody else."""


def staff_only(*roles: str, records: bool = False) -> Policy:
    """Staff or a system's bearer token in one of these roles."""
    return Policy("staff", frozenset(roles), records)


def device_only(*kinds: str, signed: bool = False) -> Policy:
    """An enrolled device of one of these kinds, or staff who issue tickets."""
    return Policy("device", frozenset(kinds), signed=signed)


SIGNATURE = "X-Device-Signature"
"""The header with which an enrolled browser proves itself."""
FRAGMENT = "X-Kiosk"
"""The header of a terminal that asks for a screen, not for a page."""


def device_cookie(secure: bool) -> str:
    """The cookie that names an enrolled browser; alone it opens nothing that changes anything."""
    return "__Host-device" if secure else "device"


@dataclass(frozen=True)
class Visitor:
    """Who is at the door; `actor` is what the audit notes, `number` a device's row."""

    kind: str
    role: str = ""
    office_id: int | None = None
    actor: str = "resident"
    number: int | None = None
