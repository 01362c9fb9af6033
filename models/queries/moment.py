"""あるとき、ある庁舎: an instant in an office, with what is known about how long things take there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models.catalogue.definitions import Catalogue
from models.queries import catalogue, hall, handling
from models.queries.handling import Habits
from models.queries.line import TicketView
from models.queries.offices import OfficeView
from models.rules.hall_policy import HallPolicy
from models.rules.planning.handling_times import Minutes, lognormal, remaining
from models.rules.visits import visit_minutes

HAND_OVER = 3.0
"""Minutes that a hand-over takes (expert estimate)."""


@dataclass(frozen=True)
class Moment:
    """An instant in an office."""

    place: OfficeView
    at: datetime
    day: date
    catalogue: Catalogue
    policy: HallPolicy
    habits: Habits

    def minutes(self, instant: datetime) -> float:
        """Minutes from now."""
        return (instant - self.at).total_seconds() / 60

    def local_minute(self) -> float:
        """Minutes after the office's midnight."""
        local = self.at.astimezone(self.place.zone)
        return local.hour * 60 + local.minute + local.second / 60

    def takes(self, procedures: Sequence[str], prefilled: bool) -> Minutes:
        """How long these procedures take a counter."""
        main, scale = self._scaled(procedures, prefilled)
        return self.habits.learned.takes(main, prefilled, scale)

    def _scaled(self, procedures: Sequence[str], prefilled: bool) -> tuple[str, float]:
        """The first procedure, and how many times as long all of them take as it does alone."""
        known = [self.catalogue.procedures[code] for code in procedures if code in self.catalogue.procedures]
        main = procedures[0] if procedures else ""
        scale = 1.0
        if len(known) > 1:
            scale = visit_minutes(known, prefilled=prefilled) / visit_minutes(known[:1], prefilled=prefilled)
        return main, round(scale, 2)

    def occupied(self, ticket: TicketView) -> Minutes:
        """How long a counter will go on with whom it has called."""
        learned = self.habits.learned
        if ticket.state == "recalled":
            return lognormal(HAND_OVER, learned.prior.variation)
        since = ticket.started_at or ticket.called_at
        elapsed = -self.minutes(since) if since is not None else 0.0
        main, scale = self._scaled(ticket.procedures, ticket.prefilled)
        if ticket.state == "called":
            elapsed = min(elapsed, float(learned.lag.mean()))
            return remaining(learned.takes(main, ticket.prefilled, scale), elapsed)
        return learned.left(main, ticket.prefilled, elapsed, scale)


def moment(place: OfficeView, at: datetime) -> Moment:
    """An instant in an office, with its habits as the days before tell them."""
    day, edition = place.day_of(at), catalogue.newest()
    return Moment(place, at, day, edition[1], hall.policy_of(place), handling.habits(place, day, edition))
