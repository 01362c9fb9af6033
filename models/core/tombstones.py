"""Tombstones: what ended for good, in a file beside the keys that no backup of the database can take back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from models.core.journals import append

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
        append(self.path, "".join(f"\n{json.dumps(asdict(one))}\n" for one in stones).encode())

    def read(self) -> tuple[Tombstone, ...]:
        """Every whole line."""
        if not self.path.exists():
            return ()
        lines = self.path.read_text().splitlines()
        return tuple(found for line in lines if line and (found := _stone_of(line)))


def tombstones_of(keys: Path, municipality: str) -> TombstoneFile:
    """Where a municipality's tombstones are, in the folder of the key store."""
    return TombstoneFile(keys / municipality / "tombstones.log")


def _stone_of(line: str) -> Tombstone | None:
    """A line that was cut off by the end of a machine says nothing."""
    try:
        return Tombstone(**json.loads(line))
    except (ValueError, TypeError):
        return None
