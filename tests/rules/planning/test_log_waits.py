"""The wait from a log: exact where the answer is known, in the order of the calls, and as near as the truth allows."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.planning.log_waits import (
    ENOUGH,
    LONGEST_WAIT,
    Answer,
    Duty,
    Known,
    Question,
    Serving,
    Visit,
    Waiting,
    answer,
    gaps_of,
    learn_log,
)
from tests.rules.planning import played_log
from tests.rules.planning.played_log import POOL, SKILLS

ALWAYS = ((-math.inf, math.inf),)
TEN = Known({"a": np.array([10.0]), "b": np.array([10.0])}, np.zeros(1), np.array([-5.0]), 0.0)


NOW, ONE_COUNTER = Waiting("a", 0.0), (Duty("1", ALWAYS),)


def hall(*waiting, asks=NOW, serving=(), expected=(), duties=ONE_COUNTER):
    return Question(asks, waiting, serving, expected, duties)


def median(question, known=TEN):
    return answer(known, question).p50


class TestKnownAnswers:
    def test_a_free_counter_means_no_wait(self):
        assert answer(TEN, hall()) == Answer(0, 0, 0, 0)

    def test_everybody_before_takes_their_time(self):
        assert median(hall(Waiting("a", -2.0), Waiting("b", -1.0))) == 20

    def test_who_came_later_changes_nothing(self):
        asks = Waiting("a", -5.0)
        assert median(hall(Waiting("a", -2.0), asks=asks)) == median(hall(asks=asks)) == 0

    def test_a_booking_that_is_due_goes_first_and_one_that_is_not_does_not(self):
        assert median(hall(Waiting("a", -1.0, booked=4.0), asks=Waiting("a", -3.0))) == 10
        assert median(hall(Waiting("a", -1.0, booked=40.0), asks=Waiting("a", -3.0))) == 0

    def test_a_booking_more_than_ten_minutes_late_is_a_walk_in(self):
        assert median(hall(Waiting("a", -1.0, booked=-12.0), asks=Waiting("a", -3.0))) == 0
        assert median(hall(Waiting("a", -4.0, booked=-15.0), asks=Waiting("a", -3.0))) == 10

    def test_who_booked_is_not_called_before_five_minutes_before_the_time(self):
        assert median(hall(asks=Waiting("a", 0.0, booked=25.0))) == 20

    def test_bookings_go_in_the_order_of_their_times(self):
        earlier, later = Waiting("a", -1.0, booked=-2.0), Waiting("a", -9.0, booked=3.0)
        assert median(hall(later, asks=earlier)) == 0
        assert median(hall(earlier, asks=later)) == 10

    def test_a_booking_that_will_come_goes_first_and_one_that_never_comes_does_not(self):
        coming, busy = [Waiting("a", 0.0, booked=8.0)], [Serving("a", "1", -1.0)]
        long = replace(TEN, handling={"a": np.full(20, 11.0)})
        assert median(hall(serving=busy, expected=coming), long) == pytest.approx(21)
        assert median(hall(serving=busy, expected=coming), replace(long, no_show=1.0)) == pytest.approx(10)

    def test_lunch_and_the_end_of_a_duty_move_the_call(self):
        assert median(hall(duties=[Duty("1", ((-60.0, -1.0), (45.0, math.inf)))])) == 45
        assert median(hall(duties=[Duty("1", ((-60.0, -1.0),))])) == LONGEST_WAIT

    def test_only_a_counter_that_knows_the_procedure_counts(self):
        knows = [Duty("1", ALWAYS, frozenset({"b"})), Duty("2", ALWAYS, frozenset({"a"}))]
        assert median(hall(Waiting("b", -3.0), Waiting("b", -2.0), duties=knows)) == 0
        assert median(hall(Waiting("a", -3.0), duties=knows)) == 10
        assert median(hall(duties=knows[:1])) == LONGEST_WAIT


class TestLearning:
    def test_a_long_log_stands_for_itself_and_a_short_one_for_its_part(self):
        log = [Visit("a", 0.0, None, 0.0, 10.0)] * ENOUGH + [Visit("b", 0.0, None, 0.0, 30.0)] * 3
        known = learn_log(log)
        assert set(known.times("a")) == {10.0}
        assert (known.times("b") == 30).sum() == 3
        assert len(known.times("b")) == ENOUGH
        assert known.times("never seen").mean() == pytest.approx(390 / 33)

    def test_an_empty_log_still_answers(self):
        assert 0 < answer(learn_log([]), hall(Waiting("a", -1.0))).p50 < 60

    def test_who_never_came_is_counted(self):
        never, came = Visit("a", None, 600.0, None, None), Visit("a", 595.0, 600.0, 600.0, 610.0)
        assert learn_log([came] * 900 + [never] * 100).no_show == pytest.approx(0.1, abs=0.01)

    def test_minutes_between_two_visits_count_only_while_somebody_waits(self):
        first, waited = Visit("a", 0.0, None, 0.0, 10.0), Visit("a", 5.0, None, 12.0, 20.0)
        fresh = Visit("a", 26.0, None, 26.0, 30.0)
        assert list(gaps_of([([fresh, waited, first], [(0.0, 100.0)])])) == [2.0]
        assert list(gaps_of([([first, waited], [(0.0, 11.0)])])) == []
        assert median(hall(Waiting("a", -1.0)), replace(TEN, gap=np.array([2.0]))) == 12


@st.composite
def halls(draw):
    names = st.sampled_from(["a", "b"])
    waiting = draw(st.lists(st.builds(Waiting, names, st.floats(-60, 0)), max_size=8))
    counters = draw(st.integers(1, 3))
    return hall(*waiting, duties=[Duty(str(one), ALWAYS) for one in range(counters)])


LOG = learn_log(played_log.play(POOL, 3))


@settings(max_examples=25, deadline=None)
@given(halls())
def test_percentiles_are_in_order_and_the_same_hall_has_the_same_answer(question):
    found = answer(LOG, question)
    assert 0 <= found.p10 <= found.p50 <= found.p90 <= LONGEST_WAIT
    assert answer(LOG, question) == found


@settings(max_examples=25, deadline=None)
@given(halls(), st.integers(1, 3))
def test_more_people_ahead_never_make_the_mean_wait_shorter(question, more):
    crowd = replace(question, waiting=[*question.waiting, *[Waiting("koseki", -61.0)] * more])
    assert answer(LOG, crowd).mean >= answer(LOG, question).mean - 1.5


def test_it_is_near_what_the_true_distributions_give_with_skills_and_bookings():
    known = learn_log([one for seed in range(20) for one in played_log.play(SKILLS, seed)])
    asked = [
        one
        for seed in range(1000, 1004)
        for one in played_log.asked(SKILLS, played_log.play(SKILLS, seed), every=6)
    ]
    answers = [(answer(known, question), waited) for question, waited, _ in asked]
    distance = np.mean([abs(found.p50 - waited) for found, waited in answers])
    covered = np.mean([found.p10 <= waited <= found.p90 for found, waited in answers])
    assert len(answers) > 40
    assert distance < 0.4 * np.mean([waited for _, waited in answers])
    assert 0.65 <= covered <= 0.95
