"""Tombstones: what ended for good, in a file beside the keys that no backup of the database can take back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from models.core.journals import append, rewrite

CANCELLED, DELETED, REISSUED = "booking-cancelled", "application-deleted", "token-reissued"
STAFF_CLOSED, STAFF_OPENED = "staff-closed", "staff-opened"
TOKEN_REVOKED, DEVICE_REVOKED = "token-revoked", "device-revoked"
KEY, DAY_KEY = "key", "day-key"
"""The key of one row (`PURPOSE-DAY ROW`), and of a day with all its rows (`PURPOSE-DAY`)."""
VOID, SETTLED = "void", "settled"
"""The tombstone with this mark never came true; all up to the instant in the mark were compared with the database."""


@dataclass(frozen=True)
class Tombstone:
    """One ending: its kind, what ended (the SHA-256 of a token in hexadecimal, or a row), and when (ISO 8601, UTC)."""

    kind: str
    mark: str
    at: str


@dataclass(frozen=True)
class TombstoneFile:
    """The tombstones of one municipality, oldest first."""

    path: Path

    def add(self, stones: Iterable[Tombstone]) -> None:
        """Write lines at the end, durably. Each begins with an end of line, so that a torn one spoils no other."""
        append(self.path, _lines_of(stones))

    def read(self) -> tuple[Tombstone, ...]:
        """Every whole line."""
        return _stones_in(self.path.read_bytes()) if self.path.exists() else ()

    def keep(self, wanted: Callable[[tuple[Tombstone, ...]], Iterable[Tombstone]]) -> int:
        """Keep only the lines that `wanted` chooses of them all, in one step; how many went.

        What others write meanwhile comes after it and is kept.
        """
        gone = 0

        def shortened(content: bytes) -> bytes:
            nonlocal gone
            stones = _stones_in(content)
            kept = list(wanted(stones))
            gone = len(stones) - len(kept)
            return _lines_of(kept) if gone else content

        return gone if rewrite(self.path, shortened) else 0


def tombstones_of(keys: Path, municipality: str) -> TombstoneFile:
    """Where a municipality's tombstones are, in the folder of the key store."""
    return TombstoneFile(keys / municipality / "tombstones.log")


def _lines_of(stones: Iterable[Tombstone]) -> bytes:
    return "".join(f"\n{json.dumps(asdict(one))}\n" for one in stones).encode()


def _stones_in(content: bytes) -> tuple[Tombstone, ...]:
    lines = content.decode("utf-8", "replace").splitlines()
    return tuple(found for line in lines if line and (found := _stone_of(line)))


def _stone_of(line: str) -> Tombstone | None:
    """A line that was cut off by the end of a machine says nothing."""
    try:
        return Tombstone(**json.loads(line))
    except (ValueError, TypeError):
        return None
