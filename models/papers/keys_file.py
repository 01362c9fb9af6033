"""鍵のファイル: the public keys of one side, signed with its own key and, after a change, with the key before it.

Nothing in it is secret. What is read here was made by anybody: every fault is one `ValueError`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.core.sealing import mark_of
from models.core.signing import print_of, signed_by
from models.papers.carried import bytes_of, canonical, instant

FORMAT = "maeniwa keys 1"
PUBLIC_BYTES = 32
LONGEST = 1024 * 1024
NAMES = {"format", "municipality", "side", "made_at", "sign", "seal", "keys", "signatures"}


@dataclass(frozen=True)
class KeysFile:
    """Whose keys: `sign` says what the side made, `seal` seals what only it may open (inside), `offices` seal forms."""

    municipality: str
    side: str
    made_at: datetime
    sign: bytes
    seal: bytes
    offices: tuple[tuple[str, date, bytes], ...]
    signatures: Mapping[str, bytes]

    @property
    def shown(self) -> str:
        """By what two people can tell that they look at the same keys."""
        return print_of(self.sign, self.seal)

    def told(self) -> dict[str, Any]:
        """The file as JSON, but for its signatures."""
        lines = [
            {"office": office, "month": month.isoformat(), "key": base64.b64encode(public).decode()}
            for office, month, public in self.offices
        ]
        return {
            "format": FORMAT,
            "municipality": self.municipality,
            "side": self.side,
            "made_at": self.made_at.isoformat(),
            "sign": base64.b64encode(self.sign).decode(),
            "seal": base64.b64encode(self.seal).decode(),
            "keys": lines,
        }

    def signed(self) -> bytes:
        """The bytes that were signed."""
        return canonical(self.told())

    def is_signed_by(self, public: bytes) -> bool:
        """Whether the holder of this key signed the file."""
        return signed_by(public, self.signed(), self.signatures.get(mark_of(public).hex(), b""))


def file(found: KeysFile) -> bytes:
    """The file."""
    signatures = {mark: base64.b64encode(one).decode() for mark, one in found.signatures.items()}
    return json.dumps(found.told() | {"signatures": signatures}, indent=1).encode() + b"\n"


def read(content: bytes) -> KeysFile:
    """What a file says; ValueError for anything that is none."""
    if len(content) > LONGEST:
        raise ValueError("too long")
    try:
        told = json.loads(content.decode("ascii"))
    except (UnicodeDecodeError, RecursionError) as problem:
        raise ValueError("not text") from problem
    if not isinstance(told, dict) or set(told) != NAMES or told["format"] != FORMAT:
        raise ValueError("not a file of keys")
    if not isinstance(told["keys"], list) or not isinstance(told["signatures"], dict):
        raise ValueError("not a file of keys")
    return KeysFile(
        str(told["municipality"]),
        str(told["side"]),
        instant(told["made_at"]),
        _public(told["sign"]),
        _public(told["seal"]) if told["seal"] else b"",
        _offices(told["keys"]),
        {str(mark): bytes_of(one) for mark, one in told["signatures"].items()},
    )


def _offices(lines: Sequence[Any]) -> tuple[tuple[str, date, bytes], ...]:
    found = []
    for one in lines:
        if not isinstance(one, dict) or set(one) != {"office", "month", "key"}:
            raise ValueError("not a key")
        month = date.fromisoformat(str(one["month"]))
        if month.day != 1:
            raise ValueError("not a month")
        found.append((str(one["office"])[:32], month, _public(one["key"])))
    return tuple(found)


def _public(text: Any) -> bytes:
    found = bytes_of(text)
    if len(found) != PUBLIC_BYTES:
        raise ValueError("not a public key")
    return found
