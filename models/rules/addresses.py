"""住所（アドレス）: where people's pages stand, for papers and screens that only carry the address."""

from __future__ import annotations


def ticket_page(base: str, token: str) -> str:
    """The page of a ticket for whoever holds its slip.

    `base` is the public address with scheme and host and, where it has one, the municipality's prefix (/m/CODE).
    """
    return f"{base.rstrip('/')}/tickets/{token}"


def booking_page(base: str, token: str) -> str:
    """The page of a booking for whoever holds its link; `base` as for a ticket."""
    return f"{base.rstrip('/')}/bookings/{token}"
