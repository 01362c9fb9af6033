"""Facts of days, added up over any span and grouping, are what its tickets say: no event lost or doubled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.operations.facts import added_up
from models.rules.facts import CUTS, SPREADS, Fact, facts_of
from models.rules.histograms import added, bucket_of, edges_of, percentile
from models.rules.statistics import HandledTicket, Outcome, handling_minutes, slot_gap_minutes, wait_minutes

JAPAN = ZoneInfo("Asia/Tokyo")
MORNING = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
OUTCOMES: list[Outcome] = ["finished", "finished", "abandoned", "no_show"]
MINUTES = {"waits": wait_minutes, "gaps": slot_gap_minutes, "handlings": handling_minutes}
PEOPLE_CUTS = [cut for cut in CUTS if cut != "counters"]


@st.composite
def tickets(draw: st.DrawFn) -> HandledTicket:
    came = MORNING + timedelta(days=draw(st.integers(0, 6)), minutes=draw(st.integers(0, 480)))
    called = came + timedelta(minutes=draw(st.integers(0, 600)))
    booked = draw(st.none() | st.integers(-60, 60))
    outcome = draw(st.sampled_from(OUTCOMES))
    return HandledTicket(
        arrived_at=None if outcome == "no_show" else came,
        booked_for=came
        if outcome == "no_show"
        else None
        if booked is None
        else came + timedelta(minutes=booked),
        called_at=called if outcome == "finished" else None,
        started_at=called if outcome == "finished" else None,
        finished_at=called + timedelta(minutes=draw(st.integers(0, 300))) if outcome == "finished" else None,
        queue=draw(st.sampled_from("AB")),
        procedure=draw(st.sampled_from(["JUM-01", "IDO-01"])),
        counter=draw(st.sampled_from(["1", "2", None])),
        source="booked" if booked is not None else "walk_in",
        prefilled=draw(st.booleans()),
        outcome=outcome,
    )


def made(of: list[HandledTicket]) -> list[tuple[int, Fact]]:
    """The facts of each day on its own."""

    def day(one: HandledTicket) -> int:
        assert one.counts_at is not None
        return (one.counts_at - MORNING).days

    return [
        (at, fact)
        for at, found in groupby(sorted(of, key=day), key=day)
        for fact in facts_of(list(found), JAPAN, ("JUM-01",), {"A": 10.0})
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(tickets(), max_size=40), st.integers(0, 6), st.integers(0, 6), st.sampled_from(PEOPLE_CUTS))
def test_any_span_and_grouping_of_facts_has_every_event_once(
    every: list[HandledTicket], first: int, length: int, cut: str
) -> None:
    span = range(first, first + length + 1)
    rows = [fact.values for day, fact in made(every) if day in span and fact.cut == cut]
    asked = [one for one in every if one.counts_at and (one.counts_at - MORNING).days in span]
    whole = added_up(rows)
    halves = added_up([added_up(rows[::2]), added_up(rows[1::2])])
    assert halves == {
        name: pytest.approx(value) if isinstance(value, float) else value for name, value in whole.items()
    }
    assert whole["came"] == sum(one.came for one in asked)
    assert whole["no_shows"] == sum(not one.came for one in asked)
    for name in SPREADS:
        minutes = sorted(value for one in asked if (value := MINUTES[name](one)) is not None)
        counts = added([(0, whole[f"{name}_spread"])], 1)[0]
        assert counts.sum() == whole[f"{name}_n"] == len(minutes)
        assert whole[f"{name}_sum"] == pytest.approx(sum(minutes))
        if len(minutes) >= 10:
            shares = [at / 20 for at in range(21)]
            found = [value for share in shares if (value := percentile(counts, share)) is not None]
            assert len(found) == len(shares)
            assert found == sorted(found)
            for share, value in zip(shares, found, strict=True):
                rank = int(share * (len(minutes) - 1))
                low, _ = edges_of(bucket_of(minutes[rank]))
                _, high = edges_of(bucket_of(minutes[min(rank + 1, len(minutes) - 1)]))
                assert low <= value <= high
