"""What a history adds up to, whatever was undone in it; and its spans, to the second."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.ticket_history import Happened, add_up, last_step, spans, standing, untouched
from models.rules.ticket_states import MOVES, STEPS, UNDOABLE, after, allowed

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


def history(*steps: str) -> list[Happened]:
    """A history of `kind` or `kind@counter`, a minute apart; `undo` takes the last step back."""
    found = [Happened(NINE, "arrive", None, "waiting")]
    for minute, text in enumerate(steps, start=1):
        kind, _, counter = text.partition("@")
        at, state = NINE + timedelta(minutes=minute), add_up(found).state
        if kind == "undo":
            last = last_step(found)
            assert last is not None
            found.append(Happened(at, "undo", state, last.before, counter or None))
        elif kind in STEPS:
            assert allowed(kind, state), f"{kind} in {state}"  # type: ignore[arg-type]
            found.append(Happened(at, kind, state, after(kind, state), counter or None))  # type: ignore[arg-type]
        else:
            found.append(Happened(at, kind))
    return found


def minute(count: int) -> datetime:
    return NINE + timedelta(minutes=count)


class TestAddingUp:
    def test_a_plain_visit(self) -> None:
        found = add_up(history("call@2", "recall@2", "start@2", "scan", "finish@2"))
        assert (found.state, found.counter, found.calls) == ("done", "2", 2)
        assert (found.called_at, found.started_at, found.finished_at) == (minute(1), minute(3), minute(5))

    def test_what_was_resumed_elsewhere_is_there(self) -> None:
        assert add_up(history("call@2", "start@2", "hold@2", "resume@5")).counter == "5"

    def test_the_hand_over_counts_its_own_calls_and_may_be_at_another_counter(self) -> None:
        found = add_up(history("call@2", "recall@2", "start@2", "back_office@2", "deliver@9"))
        assert (found.state, found.counter, found.calls) == ("recalled", "9", 1)

    def test_a_return_forgets_counter_and_calls_but_not_the_first_call(self) -> None:
        found = add_up(history("call@2", "absent@2", "return"))
        assert (found.state, found.counter, found.calls, found.called_at) == ("waiting", None, 0, minute(1))

    def test_who_was_never_started_has_no_end(self) -> None:
        assert add_up(history("call@2", "transfer@2")).finished_at is None

    def test_without_a_beginning_there_is_no_history(self) -> None:
        with pytest.raises(ValueError, match="begins"):
            add_up([])


class TestUndoing:
    def test_an_undone_step_is_as_if_it_had_not_been(self) -> None:
        assert add_up(history("call@2", "start@2", "finish@2", "undo")) == add_up(
            history("call@2", "start@2")
        )

    def test_an_undone_call_takes_its_recalls_with_it(self) -> None:
        found = add_up(history("call@2", "recall@2", "recall@2", "undo"))
        assert (found.state, found.calls, found.called_at, found.counter) == ("waiting", 0, None, None)

    def test_steps_are_undone_one_after_the_other(self) -> None:
        assert add_up(history("call@2", "start@2", "hold@2", "undo", "undo")).state == "called"

    def test_of_two_equal_steps_the_later_one_is_undone(self) -> None:
        at = NINE
        begin = Happened(at, "arrive", None, "waiting")
        call = Happened(at, "call", "waiting", "called", "2")
        away, back = (
            Happened(at, "absent", "called", "absent", "2"),
            Happened(at, "return", "absent", "waiting"),
        )
        undo = Happened(at, "undo", "called", "waiting", "2")
        assert standing([begin, call, away, back, call, undo]) == [begin, call, away, back]

    def test_what_is_kept_besides_is_kept(self) -> None:
        assert [one.kind for one in standing(history("call@2", "scan", "undo"))] == ["arrive", "scan"]

    def test_a_return_is_not_undone_nor_what_another_ticket_did(self) -> None:
        assert last_step(history("call@2", "absent@2", "return")) is None
        assert (
            last_step(
                [Happened(NINE, "plan", None, "planned"), Happened(NINE, "follow", "planned", "waiting")]
            )
            is None
        )

    def test_untouched_is_what_only_entered_the_line(self) -> None:
        assert untouched(history("scan"))
        assert untouched(history("call@2", "undo"))
        assert not untouched(history("call@2", "absent@2", "return"))


def test_spans_are_the_stay_to_the_second() -> None:
    found = spans(history("call@2", "start@2", "hold@2", "resume@2", "finish@2"), minute(60))
    assert found == {
        "waiting": 1, "called": 1, "absent": 0, "serving": 2, "held": 1, "back_office": 0, "recalled": 0,
    }  # fmt: skip
    assert sum(spans(history("call@2"), minute(60)).values()) == 60


@st.composite
def lives(draw: st.DrawFn) -> list[Happened]:
    """Any history that the table allows, with undoing in between."""
    found = [Happened(NINE, "arrive", None, "waiting")]
    for minutes in range(1, draw(st.integers(1, 14))):
        state = add_up(found).state
        possible: list[str] = [kind for kind in STEPS if allowed(kind, state)]
        last = last_step(found)
        if last is not None:
            possible.append("undo")
        if not possible:
            break
        kind = draw(st.sampled_from(possible))
        leads = (last.before if last else None) if kind == "undo" else after(kind, state)  # type: ignore[arg-type]
        counter = draw(st.sampled_from("123")) if kind in MOVES else None
        found.append(Happened(minute(minutes), kind, state, leads, counter))
    return found


@settings(deadline=None)
@given(lives())
def test_undoing_whatever_can_be_undone_leads_to_where_it_was(events: Sequence[Happened]) -> None:
    last = last_step(events)
    if last is None:
        return
    assert last.kind in UNDOABLE
    state = add_up(events).state
    undone = add_up([*events, Happened(minute(99), "undo", state, last.before)])
    place = standing(events).index(last)
    assert undone == add_up(standing(events)[:place])
    assert undone.state == last.before


@settings(deadline=None)
@given(lives())
def test_the_state_is_the_last_one_written(events: Sequence[Happened]) -> None:
    assert add_up(events).state == [one.after for one in events if one.after is not None][-1]
    assert sum(spans(events, minute(99)).values()) <= 99
