"""閉庁: until when numbers are given out on a day. Office-local times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from models.rules.opening import Span, at_minute, minute_of


def closing(spans: Sequence[Span]) -> time:
    """When the day's last span ends; ValueError on a closed day."""
    return max(span.closes for span in spans)


def issuing_ends(spans: Sequence[Span], minutes_before: int) -> time:
    """From when on nobody takes a number any more: so many minutes before closing."""
    return at_minute(max(0, minute_of(closing(spans)) - minutes_before))
