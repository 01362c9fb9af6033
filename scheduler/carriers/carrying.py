"""What a carrier promises: a hand-over arrives, or is tried again, or never will arrive."""

from __future__ import annotations

from typing import Protocol

from scheduler.senders.sending import Outcome


class Carrier(Protocol):
    """The way to one receiver."""

    def carry(self, receipt: str, name: str, media: str, content: bytes) -> Outcome:
        """Bring one file there; never raises for what the other side does, and twice is like once."""
