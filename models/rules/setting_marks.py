"""設定の印: by what two people tell that a setting still is what they looked at."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def mark(state: Any) -> str:
    """A short text that differs where the state differs."""
    text = json.dumps(state, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
