"""手続きナビ: the personas come out, every way through the questions ends, and a hopeless visit is stopped."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.answers import Answer, holds
from models.catalogue.definitions import Navigator, NavigatorRule, Question, Words
from models.catalogue.loader import load
from models.rules.navigator import (
    asked,
    next_question,
    outcome,
    read_answer,
    relevant,
    spared,
    stops,
    written_answer,
)

NAVIGATOR = load().navigator
QUESTIONS = {question.id: question for question in NAVIGATOR.questions}


def answers_to(question: Question) -> st.SearchStrategy[Answer]:
    if question.kind == "bool":
        return st.booleans()
    if question.kind == "int":
        return st.integers(0, 5)
    if question.kind == "multi":
        return st.lists(st.sampled_from(question.values), min_size=1, unique=True)
    return st.sampled_from(question.values)


@st.composite
def walks(draw: st.DrawFn) -> dict[str, Answer]:
    """Answers given one after the other until the questions end."""
    answers: dict[str, Answer] = {}
    while (question := next_question(NAVIGATOR, answers)) is not None:
        answers[question.id] = draw(answers_to(question))
    return answers


@pytest.mark.parametrize("case", NAVIGATOR.cases, ids=lambda case: case["id"])
def test_each_persona_gets_exactly_its_procedures_and_warnings(case: dict[str, Any]) -> None:
    result = outcome(NAVIGATOR, case["answers"])
    assert sorted(result.procedures) == sorted(case["expect"])
    assert {caution.rule for caution in result.warnings} == set(case["warns"])


@pytest.mark.parametrize("case", NAVIGATOR.cases, ids=lambda case: case["id"])
def test_pointless_answers_change_no_persona(case: dict[str, Any]) -> None:
    kept = relevant(NAVIGATOR, case["answers"])
    assert outcome(NAVIGATOR, kept) == outcome(NAVIGATOR, case["answers"])


def test_a_family_moving_in_brings_three_cards_and_hears_why() -> None:
    result = outcome(NAVIGATOR, NAVIGATOR.cases[0]["answers"])
    must = {advice.procedure: advice for advice in result.must}
    assert must["MNC-05"].times == result.cards == 3
    assert "15日以内" in must["KOD-01"].why[0].ja
    assert [advice.procedure for advice in result.likely] == ["INK-01"]
    assert [advice.procedure for advice in result.check] == ["SUI-01"]


def test_moving_within_the_city_with_a_card_asks_for_the_new_address_on_it() -> None:
    result = outcome(NAVIGATOR, {"event": "tenkyo", "moved": True, "mnc": 2})
    assert {"IDO-03", "MNC-05"} <= {advice.procedure for advice in result.must}
    assert result.cards == 2


@pytest.mark.parametrize(
    ("answers", "procedure"),
    [({"event": "taishoku", "ins": "unknown"}, "KOK-01"), ({"event": "shibo", "d_ins": "unknown"}, "KOK-05")],
)
def test_who_does_not_know_the_insurance_gets_it_checked(answers: dict[str, Answer], procedure: str) -> None:
    found = {advice.procedure: advice for advice in outcome(NAVIGATOR, answers).check}
    assert "窓口で確認します" in found[procedure].why[0].ja


def test_the_strongest_need_counts_when_two_rules_ask_for_the_same() -> None:
    rules = (
        NavigatorRule("a", None, add=("X",), need="check", why=Words("one")),
        NavigatorRule("b", None, add=("X",), need="must", why=Words("two")),
        NavigatorRule("c", None, add=("X",), need="likely", why=Words("one")),
    )
    result = outcome(Navigator(events={}, questions=NAVIGATOR.questions, rules=rules), {})
    (advice,) = result.must
    assert [reason.ja for reason in advice.why] == ["one", "two"]
    assert result.procedures == ("X",)


@pytest.mark.parametrize(
    ("condition", "answers", "expected"),
    [
        (["q", "eq", "a"], {"q": "a"}, True),
        (["q", "eq", "a"], {"q": "b"}, False),
        (["q", "ne", "a"], {"q": "b"}, True),
        (["q", "ne", "a"], {}, False),
        (["q", "ne", "a"], {"q": None}, False),
        (["q", "ne", None], {"q": "a"}, True),
        (["q", "ne", None], {}, False),
        (["q", "eq", None], {}, False),
        (["q", "ge", 1], {"q": 1}, True),
        (["q", "ge", 1], {"q": 0}, False),
        (["q", "ge", 1], {"q": True}, False),
        (["q", "le", 1], {"q": 1}, True),
        (["q", "le", 1], {}, False),
        (["q", "has", ["a", "b"]], {"q": "b"}, True),
        (["q", "has", ["a", "b"]], {"q": "c"}, False),
        (["q", "has", "a"], {"q": ["c", "a"]}, True),
        (["q", "has", "a"], {"q": ["c"]}, False),
        (["q", "has", ["a", "b"]], {}, False),
        ({"not": ["q", "eq", "a"]}, {}, True),
        ({"all": [["q", "eq", "a"], ["r", "eq", "b"]]}, {"q": "a"}, False),
        ({"any": [["q", "eq", "a"], ["r", "eq", "b"]]}, {"q": "a"}, True),
        ({"all": []}, {}, True),
        ({"any": []}, {}, False),
        (None, {}, True),
    ],
)
def test_a_condition_holds_as_the_language_says(
    condition: Any, answers: dict[str, Answer], expected: bool
) -> None:
    assert holds(condition, answers) is expected


def test_the_first_question_asks_what_it_is_about() -> None:
    first = next_question(NAVIGATOR, {})
    assert first is not None
    assert first.id == "event"


def test_who_has_not_moved_in_yet_is_stopped_at_once_with_the_reason() -> None:
    answers: dict[str, Answer] = {"event": "tenkyo", "moved": False}
    stop = stops(NAVIGATOR, answers)
    assert stop is not None
    assert stop.question.id == "moved"
    assert stop.message.ja == "住み始める前は届け出られません。住み始めてから14日以内に来てください。"
    assert next_question(NAVIGATOR, answers) is None


def test_who_has_not_moved_out_elsewhere_is_sent_there_first() -> None:
    stop = stops(NAVIGATOR, {"event": "tennyu", "abroad": False, "moved": True, "out_done": "notyet"})
    assert stop is not None
    assert "転出届が必要です" in stop.message.ja


def test_a_stop_of_another_way_stops_nobody() -> None:
    assert stops(NAVIGATOR, {"event": "tenshutsu", "moved": False}) is None


def test_going_back_forgets_what_is_pointless_now_and_keeps_the_rest() -> None:
    answers: dict[str, Answer] = {"event": "tennyu", "abroad": True, "moved": True, "out_done": "paper"}
    assert set(relevant(NAVIGATOR, answers)) == {"event", "abroad", "moved"}
    assert [question.id for question in asked(NAVIGATOR, answers)] == ["event", "abroad", "moved"]
    with_gap: dict[str, Answer] = {"event": "tennyu", "abroad": False, "dog": True}
    assert set(relevant(NAVIGATOR, with_gap)) == {"event", "abroad", "dog"}
    following = next_question(NAVIGATOR, with_gap)
    assert following is not None
    assert following.id == "moved"


@given(walks())
def test_every_way_through_the_questions_ends_and_asks_nothing_twice(answers: dict[str, Answer]) -> None:
    assert relevant(NAVIGATOR, answers) == answers
    assert len(answers) <= len(NAVIGATOR.questions)
    result = outcome(NAVIGATOR, answers)
    assert len(set(result.procedures)) == len(result.procedures)
    assert result.cards >= 0


@pytest.mark.parametrize("event", [event for event in NAVIGATOR.events if event not in ("shomei", "card")])
def test_every_event_leads_to_a_procedure(event: str) -> None:
    answers: dict[str, Answer] = {"event": event}
    favourable: dict[str, Answer] = {"moved": True, "abroad": False, "out_done": "paper", "ins": "kokuho"}
    while (question := next_question(NAVIGATOR, answers)) is not None:
        usual: Answer = {"bool": True, "int": 1}.get(question.kind) or question.values[0]
        answers[question.id] = favourable.get(question.id, usual)
    assert stops(NAVIGATOR, answers) is None
    assert outcome(NAVIGATOR, answers).must


@pytest.mark.parametrize(
    ("answers", "items"),
    [
        ({}, set()),
        ({"comer": "self"}, {"poa"}),
        ({"comer": "agent"}, set()),
        ({"mnc": 0, "foreign": False}, {"mnc", "mnc_all", "pin", "zairyu", "rel_doc"}),
        ({"mnc": 1, "foreign": True}, set()),
        ({"out_done": "online", "has_seal": False}, {"moveout", "seal_card"}),
    ],
)
def test_only_an_answer_spares_what_cannot_be_needed(answers: dict[str, Answer], items: set[str]) -> None:
    assert spared(NAVIGATOR, answers) == items


def test_no_question_is_asked_for_nothing() -> None:
    mentioned = str([rule.when for rule in NAVIGATOR.rules]) + str([rule.times for rule in NAVIGATOR.rules])
    useless = [
        one.id for one in NAVIGATOR.questions if f"'{one.id}'" not in mentioned and one.stop_if is None
    ]
    assert useless == []


@pytest.mark.parametrize(
    ("question", "typed", "expected"),
    [
        ("moved", ["true"], True),
        ("moved", ["false"], False),
        ("moved", [], None),
        ("mnc", ["3"], 3),
        ("mnc", [" ３ "], 3),
        ("mnc", [""], None),
        ("out_done", ["paper"], "paper"),
        ("certs", ["inkan", "juminhyo"], ["juminhyo", "inkan"]),
    ],
)
def test_an_answer_is_read_as_typed(question: str, typed: list[str], expected: Answer) -> None:
    assert read_answer(QUESTIONS[question], typed) == expected


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        ("moved", ["yes"]),
        ("mnc", ["-1"]),
        ("mnc", ["21"]),
        ("mnc", ["多い"]),
        ("mnc", ["2.5"]),
        ("mnc", ["9" * 5000]),
        ("out_done", ["later"]),
        ("out_done", ["paper", "online"]),
        ("certs", ["juminhyo", "passport"]),
    ],
)
def test_what_is_no_answer_is_refused(question: str, typed: list[str]) -> None:
    with pytest.raises(ValueError, match=question):
        read_answer(QUESTIONS[question], typed)


@given(st.data())
def test_an_answer_written_into_a_form_is_read_back(data: st.DataObject) -> None:
    question = data.draw(st.sampled_from(NAVIGATOR.questions))
    answer = data.draw(answers_to(question))
    read = read_answer(question, written_answer(answer))
    assert (sorted(read) == sorted(answer)) if isinstance(answer, list) else read == answer  # type: ignore[arg-type]  # lists of words
