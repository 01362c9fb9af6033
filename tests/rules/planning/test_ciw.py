"""The simulator beside the library Ciw: an engine of other people that moves one person at a time says the same."""

from __future__ import annotations

import math

import ciw
import numpy as np

from models.rules.planning.simulation import (
    Counter,
    Hall,
    People,
    interval,
    line_waits,
    lognormal,
    poisson_arrivals,
    walk_ins,
)

MEAN = 10.0
RUNS, PEOPLE, WARM_UP = 8, 1800, 300
EXPONENTIAL = ciw.dists.Exponential(1 / MEAN)
HOUR = 60
RATES = (0.35, 0.6, 0.45, 0.2)
"""People a minute in each of four hours."""
TEAM = (4, 6, 5, 3)


def told_by_ciw(network):
    """What Ciw records of each run, in the order of arrival and without its first people."""
    found = []
    for seed in range(RUNS):
        ciw.seed(seed)
        simulation = ciw.Simulation(network)
        simulation.simulate_until_max_customers(PEOPLE)
        found.append(sorted(simulation.get_all_records(), key=lambda one: one.arrival_date)[WARM_UP:])
    return found


def mean_waits(runs, kind="Customer"):
    return np.array(
        [np.mean([one.waiting_time for one in run if one.customer_class == kind]) for run in runs]
    )


def line(counters, load, handling=EXPONENTIAL):
    return ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(load / MEAN)],
        service_distributions=[handling],
        number_of_servers=[counters],
    )


def agree(ours, theirs):
    """Whether two means of replications lie within their confidence of each other, and say something."""
    (mean, width), (other, other_width) = interval(ours), interval(theirs)
    assert abs(mean - other) < 1.3 * math.hypot(width, other_width), (mean, width, other, other_width)
    assert math.hypot(width, other_width) < 0.3 * mean


def steady(seed, load):
    random = np.random.default_rng(seed)
    arrivals = np.cumsum(random.exponential(MEAN / load, (60, PEOPLE)), axis=1)
    return random, arrivals


def test_one_line_to_four_counters():
    random, arrivals = steady(3, 2.4)
    waits = line_waits(arrivals, random.exponential(MEAN, arrivals.shape), [4], 1.0)[:, WARM_UP:]
    agree(waits.mean(axis=1), mean_waits(told_by_ciw(line(4, 2.4))))


def test_varying_handling_at_one_counter():
    random, arrivals = steady(5, 0.6)
    waits = line_waits(arrivals, lognormal(random, MEAN, 0.8, arrivals.shape), [1], 1.0)[:, WARM_UP:]
    spread = math.log1p(0.8**2)
    handling = ciw.dists.Lognormal(math.log(MEAN) - spread / 2, math.sqrt(spread))
    agree(waits.mean(axis=1), mean_waits(told_by_ciw(line(1, 0.6, handling))))


def test_those_who_go_first():
    random, arrivals = steady(7, 2.4)
    arrivals = arrivals[:30, :1200]
    first = random.random(arrivals.shape) < 0.4
    people = People(
        arrivals, arrivals, np.where(first, arrivals - 1e6, arrivals), random.exponential(MEAN, arrivals.shape),
        np.zeros(arrivals.shape, np.int64), np.full(arrivals.shape, np.nan),
    )  # fmt: skip
    waits = Hall([Counter(((0.0, math.inf),))] * 4).calls(people) - arrivals
    network = ciw.create_network(
        arrival_distributions={
            "first": [ciw.dists.Exponential(0.4 * 2.4 / MEAN)],
            "behind": [ciw.dists.Exponential(0.6 * 2.4 / MEAN)],
        },
        service_distributions={"first": [EXPONENTIAL], "behind": [EXPONENTIAL]},
        priority_classes={"first": 0, "behind": 1},
        number_of_servers=[4],
    )
    runs = told_by_ciw(network)
    for kind, mine in (("first", first), ("behind", ~first)):
        kept = np.where(mine, waits, np.nan)[:, WARM_UP:]
        agree(np.nanmean(kept, axis=1), mean_waits(runs, kind))


def day_by_ciw(seed):
    """The mean wait of one day of four hours; Ciw's roster begins anew after a last shift that nobody outlasts."""
    ciw.seed(seed)
    ends = [HOUR, 2 * HOUR, 3 * HOUR, 100 * HOUR]
    network = ciw.create_network(
        arrival_distributions=[
            ciw.dists.PoissonIntervals(
                [*RATES, 0], [HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 100 * HOUR], 4 * HOUR
            )
        ],
        service_distributions=[EXPONENTIAL],
        number_of_servers=[
            ciw.Schedule(numbers_of_servers=list(TEAM), shift_end_dates=ends, preemption=False)
        ],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(50 * HOUR)
    return np.mean([record.waiting_time for record in simulation.get_all_records()])


def test_counters_and_rates_that_change_by_the_hour():
    """Ciw begins every shift with a whole new team while the old one finishes: played so, both say the same.

    Counters that stay, as here in an office, have to finish first: the true wait is longer than Ciw's.
    """
    random = np.random.default_rng(9)
    arrivals = poisson_arrivals(random, np.tile(np.array(RATES) * HOUR, (400, 1)), HOUR)
    handling = random.exponential(MEAN, arrivals.shape)
    spans = [(hour * HOUR, (hour + 1) * HOUR if hour < 3 else math.inf) for hour in range(4)]
    teams = [Counter((span,)) for span, count in zip(spans, TEAM, strict=True) for _ in range(count)]
    calls = Hall(teams).calls(walk_ins(arrivals, handling, np.zeros(arrivals.shape, np.int64)))
    waits = np.where(np.isfinite(arrivals), calls - np.where(np.isfinite(arrivals), arrivals, 0.0), np.nan)
    theirs = np.array([day_by_ciw(seed) for seed in range(100)])
    ours = np.nanmean(waits, axis=1)
    agree(ours, theirs)
    staying = np.nanmean(line_waits(arrivals, handling, TEAM, HOUR), axis=1)
    assert staying.mean() > ours.mean() + interval(ours)[1]
