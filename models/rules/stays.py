"""来庁から完了まで: whole stays, lateness, pre-filled forms at the counter; as `metrics.yaml` defines them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean

from models.rules.statistics import HandledTicket, full_minutes, percentile, slot_gap_minutes


@dataclass(frozen=True)
class Reading:
    """When a pre-filled form's QR code was read and its sheet printed."""

    scanned_at: datetime
    printed_at: datetime


@dataclass(frozen=True)
class Stays:
    """Measures of stays over a span; minutes, shares 0-1, None where there is nothing to say.

    `stay`: from arrival until everything of the visit was finished. `full`: at the counter and in the back office.
    `gap_p10`: minutes by which one booked visitor in ten was called early (negative) or later. `late`: the share of
    checked-in bookings that came later than the grace. `reading`: from the QR code to the printed sheet.
    `reprinted`: sheets that were printed again, by all sheets.
    """

    stays: int
    stay_mean: float | None
    stay_p50: float | None
    stay_p90: float | None
    full_mean: float | None
    full_p50: float | None
    full_p90: float | None
    gap_p10: float | None
    gap_p50: float | None
    gap_p90: float | None
    late: float | None
    readings: int
    reading_mean: float | None
    prints: int
    reprinted: float | None


def stays_of(
    tickets: Sequence[HandledTicket], grace: timedelta, readings: Sequence[Reading], prints: tuple[int, int]
) -> Stays:
    """What the tickets of a span say; `prints` are all released sheets, and those of them that were reprints."""
    stay, full, gaps = (
        stay_minutes(tickets),
        _known(map(full_minutes, tickets)),
        _known(map(slot_gap_minutes, tickets)),
    )
    checked_in = [one for one in tickets if one.booked_for and one.arrived_at and one.leg == 1]
    late = [one for one in checked_in if is_late(one, grace)]
    took = [(one.printed_at - one.scanned_at).total_seconds() / 60 for one in readings]
    sheets, again = prints
    return Stays(
        len(stay), _mean(stay), percentile(stay, 0.5), percentile(stay, 0.9),
        _mean(full), percentile(full, 0.5), percentile(full, 0.9),
        percentile(gaps, 0.1), percentile(gaps, 0.5), percentile(gaps, 0.9),
        len(late) / len(checked_in) if checked_in else None,
        len(took), _mean(took), sheets, again / sheets if sheets else None,
    )  # fmt: skip


def is_late(ticket: HandledTicket, grace: timedelta) -> bool:
    """遅刻: a booked visitor who checked in later than the grace after the booked time."""
    if ticket.booked_for is None or ticket.arrived_at is None:
        return False
    return ticket.arrived_at > ticket.booked_for + grace


def stay_minutes(tickets: Iterable[HandledTicket]) -> list[float]:
    """Minutes from arrival until all was finished, one a visit that was served."""
    spans: dict[object, tuple[datetime, datetime]] = {}
    for at, ticket in enumerate(tickets):
        if ticket.outcome != "finished" or ticket.arrived_at is None or ticket.finished_at is None:
            continue
        visit = ("ticket", at) if ticket.visit is None else ticket.visit
        came, done = spans.get(visit, (ticket.arrived_at, ticket.finished_at))
        spans[visit] = min(came, ticket.arrived_at), max(done, ticket.finished_at)
    return [(done - came).total_seconds() / 60 for came, done in spans.values() if done >= came]


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
