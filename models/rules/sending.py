"""送り直し: when a message that did not go out is tried again, and when it is given up."""

from __future__ import annotations

from datetime import timedelta

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 240, 240, 240, 240, 159))
"""After each failed try; together 24 hours, and after the last of them one more try."""
WITHOUT_A_WAY = timedelta(hours=24)
"""So long does a message wait for a way out that the installation does not have (any more)."""
MOST_AN_HOUR = 3
"""E-mails to one address; more wait, so that nobody's mailbox is filled through a booking form."""
HOUR = timedelta(hours=1)


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after so many failed tries; None where it is given up."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None
