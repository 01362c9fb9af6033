"""手続きナビ: which question comes next, why a visit would fail, and which procedures the answers ask for."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from models.catalogue.answers import Answer, Answers, fired, holds
from models.catalogue.definitions import Navigator, NavigatorRule, Question, Words

MAX_COUNT = 20
"""The largest number a counting question takes (people of one household, cards)."""

Need = Literal["must", "likely", "check"]
_NEEDS: tuple[Need, ...] = ("must", "likely", "check")


@dataclass(frozen=True)
class Stop:
    """The visit would fail: the answer to `question` is the reason that `message` tells."""

    question: Question
    message: Words


@dataclass(frozen=True)
class Advice:
    """One procedure the answers ask for; `why` where a rule gives a reason; `times` how often (cards)."""

    procedure: str
    need: Need
    why: tuple[Words, ...] = ()
    times: int = 1


@dataclass(frozen=True)
class Caution:
    """Something to heed, from the rule of this id."""

    rule: str
    message: Words


@dataclass(frozen=True)
class Outcome:
    """What the answers come to; `cards` is the number of My Number cards to be rewritten in the visit."""

    must: tuple[Advice, ...]
    likely: tuple[Advice, ...]
    check: tuple[Advice, ...]
    warnings: tuple[Caution, ...]
    cards: int

    @property
    def procedures(self) -> tuple[str, ...]:
        """The codes of all procedures, the surest first."""
        return tuple(advice.procedure for advice in (*self.must, *self.likely, *self.check))


def relevant(navigator: Navigator, answers: Answers) -> dict[str, Answer]:
    """The answers without those to questions that other answers have made pointless (after going back)."""
    way = ((question.id, answers.get(question.id)) for question in _way(navigator, answers))
    return {question: answer for question, answer in way if answer is not None}


def asked(navigator: Navigator, answers: Answers) -> tuple[Question, ...]:
    """The questions that these answers answer, in order: what a page shows as answered so far."""
    return tuple(one for one in _way(navigator, answers) if answers.get(one.id) is not None)


def next_question(navigator: Navigator, answers: Answers) -> Question | None:
    """The next question without an answer; None when all are answered or the visit is stopped."""
    way = _way(navigator, answers)
    if _stopped(way[-1], answers):
        return None
    return next((question for question in way if answers.get(question.id) is None), None)


def stops(navigator: Navigator, answers: Answers) -> Stop | None:
    """The reason why a visit would fail now, if an answer gives one."""
    last = _way(navigator, answers)[-1]
    return Stop(last, last.stop_message) if _stopped(last, answers) else None


def outcome(navigator: Navigator, answers: Answers) -> Outcome:
    """The procedures and warnings for these answers, each procedure once with its strongest need."""
    rules = fired(navigator, answers)
    advice: dict[str, Advice] = {}
    for rule in rules:
        for code in rule.add:
            advice[code] = _strongest(advice.get(code), _advice(code, rule, answers))
    by_need = {need: tuple(one for one in advice.values() if one.need == need) for need in _NEEDS}
    return Outcome(
        must=by_need["must"],
        likely=by_need["likely"],
        check=by_need["check"],
        warnings=tuple(Caution(rule.id, rule.warn) for rule in rules if rule.warn.ja),
        cards=sum(_count(answers, rule.times) for rule in rules if rule.times),
    )


def spared(navigator: Navigator, answers: Answers) -> frozenset[str]:
    """The items that these answers spare everybody of whom a procedure asks them under a condition."""
    return frozenset(item for one in navigator.spared if holds(one.when, answers) for item in one.items)


def read_answer(question: Question, typed: Sequence[str]) -> Answer:
    """The answer that the texts of a form field mean; None where nothing was given.

    Raises ValueError where it is no answer to this question. Numbers may be typed in full width.
    """
    given = [text.strip() for text in typed if text.strip()]
    if not given:
        return None
    if question.kind == "multi":
        return [value for value in question.values if value in _known(question, given)]
    (text,) = given if len(given) == 1 else (None,)
    if text is None:
        raise ValueError(question.id)
    if question.kind == "bool":
        return {"true": True, "false": False}[_known(question, [text])[0]]
    if question.kind == "int":
        return _number(question, text)
    return _known(question, [text])[0]


def written_answer(answer: Answer) -> list[str]:
    """The texts that `read_answer` reads back as this answer."""
    if answer is None:
        return []
    if isinstance(answer, bool):
        return [str(answer).lower()]
    return [str(answer)] if isinstance(answer, str | int) else list(answer)


def _known(question: Question, given: list[str]) -> list[str]:
    values: Sequence[str] = ("true", "false") if question.kind == "bool" else question.values
    if any(text not in values for text in given):
        raise ValueError(question.id)
    return given


def _number(question: Question, text: str) -> int:
    digits = unicodedata.normalize("NFKC", text).strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 3) or int(digits) > MAX_COUNT:
        raise ValueError(question.id)
    return int(digits)


def _way(navigator: Navigator, answers: Answers) -> list[Question]:
    """The questions on the way of these answers, in order, up to an answer that stops the visit."""
    way: list[Question] = []
    valid: dict[str, Answer] = {}
    for question in navigator.questions:
        if holds(question.ask_if, valid):
            way.append(question)
            valid[question.id] = answers.get(question.id)
            if _stopped(question, answers):
                break
    return way


def _stopped(question: Question, answers: Answers) -> bool:
    answer = answers.get(question.id)
    return question.stop_if is not None and answer is not None and answer == question.stop_if


def _advice(code: str, rule: NavigatorRule, answers: Answers) -> Advice:
    times = _count(answers, rule.times) if rule.times else 1
    return Advice(code, rule.need, (rule.why,) if rule.why.ja else (), times)


def _strongest(known: Advice | None, new: Advice) -> Advice:
    if known is None:
        return new
    why = known.why + tuple(reason for reason in new.why if reason not in known.why)
    need = min(known.need, new.need, key=_NEEDS.index)
    return Advice(new.procedure, need, why, max(known.times, new.times))


def _count(answers: Mapping[str, Answer], question: str) -> int:
    number = answers.get(question)
    return number if isinstance(number, int) and not isinstance(number, bool) else 0
