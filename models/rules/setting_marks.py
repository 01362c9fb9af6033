"""設定の印: by what two people tell that a setting still is what they looked at, and what of it became another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def mark(state: Any) -> str:
    """A short text that differs where the state differs."""
    text = json.dumps(state, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def others(wanted: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The parts that are others than they were."""
    return {name: value for name, value in wanted.items() if value != before.get(name)}
