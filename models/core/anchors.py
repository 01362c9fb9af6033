"""Anchors: what is remembered of the audit's chain outside the database, in a file beside the keys that only grows."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from models.core.journals import held, write_whole

ANCHOR, CUT, RESTORED = "anchor", "cut", "restored"
"""The end of the chain at an instant; a front that was old enough to be let go; the end that a restore brought back."""


@dataclass(frozen=True)
class Anchor:
    """One line: an end of the chain and when it was written down (ISO 8601, UTC). The code is hexadecimal."""

    kind: str
    at: str
    place: int
    mac: str


@dataclass(frozen=True)
class AnchorFile:
    """The anchors of one municipality, oldest first."""

    path: Path

    def add(self, anchor: Anchor) -> None:
        """Write one line at the end, durably and whole."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        before = self.path.read_bytes() if self.path.exists() else b""
        torn = before and not before.endswith(b"\n")
        line = ("\n" if torn else "") + json.dumps(asdict(anchor)) + "\n"
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with held(handle):
                write_whole(handle, line.encode())
            os.fsync(handle)
        finally:
            os.close(handle)

    def read(self) -> tuple[Anchor, ...]:
        """Every whole line."""
        if not self.path.exists():
            return ()
        return tuple(
            found for line in self.path.read_text("ascii").splitlines() if (found := _anchor_of(line))
        )

    def newest(self, kind: str = ANCHOR) -> Anchor | None:
        """The last line of a kind."""
        return next((one for one in reversed(self.read()) if one.kind == kind), None)


def anchors_of(keys: Path, municipality: str) -> AnchorFile:
    """Where a municipality's anchors are, in the folder of the key store."""
    return AnchorFile(keys / municipality / "anchors.jsonl")


def _anchor_of(line: str) -> Anchor | None:
    """A line that was cut off by the end of a machine says nothing."""
    try:
        return Anchor(**json.loads(line))
    except (ValueError, TypeError):
        return None
