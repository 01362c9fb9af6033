"""Past visits of a city that does not exist: seeded, from the catalogue's volumes and the demand profile."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import Any, Literal
from zoneinfo import ZoneInfo

from models.catalogue.definitions import Catalogue, Procedure
from models.catalogue.municipality import WEEKDAYS, MunicipalityPlan, OfficePlan
from models.rules.demo_hall import TO_CALL, Desk, Manners, Person, lognormal, play, without
from models.rules.hall_policy import shipped
from models.rules.planning.lunch import take_turns, windows
from models.rules.statistics import HandledTicket, Outcome

OPEN_DAYS_A_YEAR = 241
DAY_NOISE = 0.06
"""Coefficient of variation of a day's demand beyond chance."""
EARLY, EARLY_SPREAD = 6.0, 5.0
"""Minutes: booked people come this much before their time, give or take."""
PREFILLED_OF_BOOKED = 0.6
"""Share of booked people who pre-fill where they can, once pre-filling is at its first year's level."""
PIECE = 15

Closed = Callable[[str, date], bool]
Weighted = tuple[Sequence[Any], Sequence[float]]


@dataclass(frozen=True, slots=True)
class PastVisit:
    """One ticket of a past day; `number` restarts every day in every queue of an office."""

    office: str
    day: date
    number: str
    ticket: HandledTicket


@dataclass(frozen=True, slots=True)
class PastShift:
    """When a counter was on, and whether it closed for lunch."""

    office: str
    day: date
    counter: str
    opened_at: datetime
    closed_at: datetime
    ending: Literal["closed", "lunch"]


def generate(
    catalogue: Catalogue,
    city: MunicipalityPlan,
    first_day: date,
    last_day: date,
    closed: Closed,
    seed: int,
) -> Iterator[PastVisit | PastShift]:
    """Shifts and visits day by day, office by office, by counter and arrival; the same arguments give the same.

    Over the span booking rises from its start to its first year's share, pre-filling from half to the whole of its
    first year's. `closed(office code, day)` knows holidays; closed weekdays are those without hours.
    """
    offices = [_Office(office, city, catalogue, closed) for office in city.offices]
    days = (last_day - first_day).days
    for offset in range(days + 1):
        day = first_day + timedelta(days=offset)
        for office in offices:
            if office.is_open(day):
                random = Random(f"{seed}/{office.plan.code}/{day}")  # noqa: S311  (a play, not a secret)
                yield from office.visits(day, offset / max(days, 1), random)


class _Office:
    """What stays the same over the days of one office."""

    def __init__(
        self, plan: OfficePlan, city: MunicipalityPlan, catalogue: Catalogue, closed: Closed
    ) -> None:
        self.plan = plan
        self._closed = closed
        self._rules = catalogue.rules
        self._demand: Mapping[str, Any] = catalogue.rules["demand"]
        self._slot_minutes = {code: queue.slot_minutes for code, queue in catalogue.queues.items()}
        self._targets = {code: float(queue.target_wait_minutes) for code, queue in catalogue.queues.items()}
        self._procedures = [catalogue.procedures[code] for code in plan.procedures]
        self._cumulative = list(accumulate(one.yearly_volume for one in self._procedures))
        self._wish = _Wish.of(catalogue, self._procedures)
        self._handling = {
            (one.code, prefilled): lognormal(minutes, self._demand["service_time"]["cv"])
            for one in self._procedures
            for prefilled, minutes in ((False, one.minutes.desk), (True, one.minutes.desk_prefilled))
        }
        self._spans: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for hours in plan.hours:
            self._spans[hours.weekday].append((_minute(hours.opens), _minute(hours.closes)))
        share = _counter_hours(plan) / sum(_counter_hours(office) for office in city.offices)
        yearly = sum(one.yearly_volume for one in catalogue.procedures.values()) * share
        self._mean = yearly / (OPEN_DAYS_A_YEAR * len(self._spans) / 5)

    def is_open(self, day: date) -> bool:
        """Whether it has hours that day."""
        return day.weekday() in self._spans and not self._closed(self.plan.code, day)

    def visits(self, day: date, progress: float, random: Random) -> Iterator[PastVisit | PastShift]:
        """One day; `progress` runs from 0 to 1 over the whole span."""
        people: list[Person] = []
        absent: list[Person] = []
        expected = self._mean * self._day_factor(day) * math.exp(random.gauss(0, DAY_NOISE))
        times = self._times(day)
        for _ in range(max(0, round(random.gauss(expected, math.sqrt(expected))))):
            person = self._person(day, times, progress, random)
            stays_away = (
                person.slot is not None and random.random() < self._demand["booking_share"]["no_show"]
            )
            (absent if stays_away else people).append(person)
        people.sort(key=lambda person: person.arrives)
        desks = self._desks(day)
        play(people, desks, self._manners(), random)
        for desk in desks:
            yield from self._shifts(day, desk, [one for one in people if one.counter == desk.number])
        numbers: dict[str, int] = defaultdict(int)
        for person in people:
            numbers[person.queue] += 1
            yield self._past(day, person, f"{person.queue}{numbers[person.queue]:03}")
        for person in sorted(absent, key=lambda person: person.slot or 0):
            yield self._past(day, person, "")

    def _day_factor(self, day: date) -> float:
        factors = self._demand["weekday_factor"]
        mine = [factors.get(WEEKDAYS[weekday], 1.0) for weekday in self._spans]
        weekday = factors.get(WEEKDAYS[day.weekday()], 1.0) / (sum(mine) / len(mine))
        return float(weekday * self._demand["month_factor"][str(day.month)] * self._after_closing(day))

    def _after_closing(self, day: date) -> float:
        before = day - timedelta(days=1)
        closed_days = 0
        while closed_days < 3 and not self.is_open(before - timedelta(days=closed_days)):
            closed_days += 1
        factors = self._demand["after_holiday_factor"]
        if closed_days >= 3:
            return float(factors["3_or_more_days_closed"])
        if closed_days == 1 and before.weekday() in self._spans:
            return float(factors["1_day_closed_weekday"])
        return 1.0

    def _times(self, day: date) -> Weighted:
        """Quarter hours of the day with their cumulative weight: an hour's share, or its open part at closing."""
        spans = self._spans[day.weekday()]
        shares = self._demand["hour_share_pct"]
        by_hour = shares["mon_fri_late" if spans[-1][1] > 17 * 60 + 30 else "all_weekdays"]
        pieces = [start for on, off in spans for start in range(int(on), int(off), PIECE)]
        in_hour: dict[int, int] = defaultdict(int)
        for start in pieces:
            in_hour[start // 60] += 1
        in_hour[pieces[-1] // 60] = 60 // PIECE
        weights = [by_hour.get(str(start // 60), 0.0) / in_hour[start // 60] for start in pieces]
        return pieces, list(accumulate(weights))

    def _person(self, day: date, times: Weighted, progress: float, random: Random) -> Person:
        procedure = random.choices(self._procedures, cum_weights=self._cumulative)[0]
        arrives = random.choices(times[0], cum_weights=times[1])[0] + random.uniform(0, PIECE)
        slot = None
        if random.random() < self._wish.to_book(procedure, progress):
            slot = self._slot(day, arrives, procedure)
            arrives = max(self._spans[day.weekday()][0][0] - 10, slot + random.gauss(-EARLY, EARLY_SPREAD))
        prefilled = random.random() < self._wish.to_prefill(procedure, slot is not None, progress)
        handling = max(1.0, self._handling[procedure.code, prefilled](random))
        return Person(procedure.queue, procedure.code, arrives, slot, prefilled, handling)

    def _slot(self, day: date, arrives: float, procedure: Procedure) -> float:
        """The begin of the slot that holds this minute."""
        opens = max(on for on, _ in self._spans[day.weekday()] if on <= arrives)
        length = self._slot_minutes[procedure.queue]
        return opens + (arrives - opens) // length * length

    def _desks(self, day: date) -> list[Desk]:
        """Counters with lunch by turns, and half of them after the usual closing time of a long day."""
        counters = {counter.number: counter.queues for counter in self.plan.counters}
        spans = self._spans[day.weekday()]
        stays = [*spans[:-1], (spans[-1][0], math.inf)]
        lunch = take_turns(counters, self._lunch_windows()) if len(spans) == 1 else {}
        usual = min(off for weekday in self._spans for _, off in self._spans[weekday][-1:])
        evening = (usual, math.inf)
        gone = list(take_turns(counters, [evening]))[: len(counters) // 2] if spans[-1][1] > usual else []
        desks = []
        for number, queues in counters.items():
            mine = tuple(without(stays, evening) if number in gone else stays)
            desks.append(Desk(number, queues, mine, lunch.get(number)))
        return desks

    def _lunch_windows(self) -> list[tuple[float, float]]:
        """Turns so that about `staff_factor` of the counters stay."""
        lunch = self._rules["calendar"]["lunch"]
        begins, ends = (_minute(time.fromisoformat(text)) for text in lunch["period"])
        return windows(begins, ends, lunch["staff_factor"])

    def _manners(self) -> Manners:
        leaving = self._demand["abandon"]
        return Manners(
            policy=shipped(self._rules),
            targets=self._targets,
            patience=leaving["after_min"],
            leaving_rate=leaving["rate_per_10min"],
        )

    def _shifts(self, day: date, desk: Desk, served: Sequence[Person]) -> Iterator[PastShift]:
        """When a counter was on: until whoever it had at the end of a span had left."""
        closes = self._spans[day.weekday()][-1][1]
        lunch = math.nan if desk.away is None else desk.away[0]
        for on, off in without(desk.spans, desk.away) if desk.away else desk.spans:
            until = off + TO_CALL[1]
            last = max((one.finished or on for one in served if on <= (one.called or 0) < until), default=on)
            yield PastShift(
                self.plan.code,
                day,
                desk.number,
                self._instant(day, on),
                self._instant(day, max(last, closes if off == math.inf else off)),
                "lunch" if off == lunch else "closed",
            )

    def _instant(self, day: date, minute: float) -> datetime:
        midnight = datetime.combine(day, time.min, tzinfo=ZoneInfo(self.plan.timezone)).astimezone(UTC)
        return midnight + timedelta(seconds=round(minute * 60))

    def _past(self, day: date, person: Person, number: str) -> PastVisit:
        def instant(minute: float | None) -> datetime | None:
            return None if minute is None else self._instant(day, minute)

        outcome: Outcome = "finished" if person.finished is not None else "abandoned"
        ticket = HandledTicket(
            arrived_at=instant(person.arrives) if number else None,
            booked_for=instant(person.slot),
            called_at=instant(person.called),
            started_at=instant(person.started),
            finished_at=instant(person.finished),
            queue=person.queue,
            procedure=person.procedure,
            counter=person.counter,
            source="walk_in" if person.slot is None else "booked",
            prefilled=person.prefilled and bool(number),
            outcome=outcome if number else "no_show",
        )
        return PastVisit(self.plan.code, day, number, ticket)


@dataclass(frozen=True)
class _Wish:
    """How likely people book and pre-fill, so that the shares of the whole office come out as asked."""

    booking: tuple[float, float]
    prefilling: tuple[float, float]
    required: float
    eager: float
    prefillable: float

    @classmethod
    def of(cls, catalogue: Catalogue, procedures: Sequence[Procedure]) -> _Wish:
        """From the shares in the demand profile and the volumes of the office's procedures."""
        demand = catalogue.rules["demand"]
        volume = sum(one.yearly_volume for one in procedures) or 1
        weight = {"none": 0.0, "optional": 1.0, "recommended": 2.0, "required": 0.0}
        return cls(
            booking=(demand["booking_share"]["start"], demand["booking_share"]["year1"]),
            prefilling=(demand["prefill_share"]["year1"] / 2, demand["prefill_share"]["year1"]),
            required=sum(one.yearly_volume for one in procedures if one.booking == "required") / volume,
            eager=sum(one.yearly_volume * weight[one.booking] for one in procedures) / volume,
            prefillable=sum(one.yearly_volume for one in procedures if one.prefill != "none") / volume,
        )

    def to_book(self, procedure: Procedure, progress: float) -> float:
        """Certain where a booking is required, twice as likely where it is recommended as where it is optional."""
        if procedure.booking in {"required", "none"}:
            return float(procedure.booking == "required")
        share = _between(self.booking, progress)
        usual = max(0.0, share - self.required) / self.eager
        return min(0.9, usual * (2 if procedure.booking == "recommended" else 1))

    def to_prefill(self, procedure: Procedure, is_booked: bool, progress: float) -> float:
        """Most who book also pre-fill; walk-ins make up the rest of the share."""
        if procedure.prefill == "none":
            return 0.0
        share = _between(self.prefilling, progress)
        of_booked = PREFILLED_OF_BOOKED * share / self.prefilling[1]
        if is_booked:
            return of_booked
        booked = _between(self.booking, progress)
        return max(0.02, (share / self.prefillable - booked * of_booked) / (1 - booked))


def _between(ends: tuple[float, float], progress: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * progress


def _minute(at: time) -> float:
    return at.hour * 60 + at.minute


def _counter_hours(office: OfficePlan) -> float:
    """Counter-hours a week: an office's share of the city's visits goes by them."""
    minutes = sum(_minute(hours.closes) - _minute(hours.opens) for hours in office.hours)
    return len(office.counters) * minutes / 60
