"""伏せ字: an address as it may be shown to somebody who only has to recognise it."""

from __future__ import annotations


def masked(channel: str, address: str) -> str:
    """An e-mail address as a…@example.jp, a telephone number by its last two digits; empty for what says nothing."""
    if channel == "email":
        name, _, host = address.rpartition("@")
        return f"{name[:1]}…@{host}" if name and host else "…"
    return f"…{address[-2:]}" if channel == "sms" and len(address) > 4 else ""
