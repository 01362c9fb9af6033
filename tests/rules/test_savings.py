"""Hours saved against a frozen baseline, with the two published sums."""

from __future__ import annotations

import pytest

from models.rules.savings import Baseline, Handled, hours_saved, savings


def baseline(procedure: str, minutes: float, count: int = 100) -> Baseline:
    return Baseline(procedure, minutes, count)


@pytest.mark.parametrize(
    ("before", "after", "count", "hours"), [(34, 15, 30_000, 9_500.0), (3.25, 0, 36_000, 1_950.0)]
)
def test_the_published_sums_come_out_exactly(before: float, after: float, count: int, hours: float) -> None:
    assert hours_saved(before, after, count) == hours


def test_procedures_are_added_up_most_hours_first() -> None:
    found = savings(
        [baseline("JUM-01", 18), baseline("IDO-01", 34)],
        {"JUM-01": Handled(10, 600), "IDO-01": Handled(15, 300)},
    )
    assert [(row.procedure, row.hours) for row in found.rows] == [("IDO-01", 95.0), ("JUM-01", 80.0)]
    assert found.hours == 175.0


def test_the_total_can_be_computed_from_the_numbers_beside_it() -> None:
    found = savings(
        [baseline("JUM-01", 18), baseline("IDO-01", 34)],
        {"JUM-01": Handled(10, 600), "IDO-01": Handled(15, 300)},
    )
    assert found.before_minutes is not None
    assert found.after_minutes is not None
    assert hours_saved(found.before_minutes, found.after_minutes, found.count) == pytest.approx(found.hours)


def test_a_procedure_that_takes_longer_now_is_subtracted() -> None:
    assert savings([baseline("JUM-01", 10)], {"JUM-01": Handled(12, 60)}).hours == -2.0


def test_a_procedure_without_baseline_is_named_and_never_guessed() -> None:
    found = savings([], {"JUM-01": Handled(10, 600), "IDO-01": Handled(1, 0)})
    assert found.rows == ()
    assert found.without_baseline == ("JUM-01",)
    assert (found.hours, found.before_minutes) == (0, None)


def test_a_baseline_of_few_cases_is_marked() -> None:
    few = baseline("JUM-01", 18, count=29)
    assert not savings([few], {"JUM-01": Handled(10, 1)}).rows[0].is_firm
    assert savings([baseline("JUM-01", 18)], {"JUM-01": Handled(10, 1)}).rows[0].is_firm
