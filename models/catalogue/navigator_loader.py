"""Reads the 手続きナビ: every condition, value and code resolved, and the persona cases proved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal, cast

from models.catalogue.answers import OPERATORS, fired
from models.catalogue.definitions import Navigator, NavigatorRule, Question, Spared, VisitMerge, Words
from models.catalogue.procedures_loader import resolve, resolve_all
from models.catalogue.source import Document, Node
from models.catalogue.words import LANGUAGES, read_optional_words, read_words

Kind = Literal["choice", "bool", "int", "multi"]
Need = Literal["must", "likely", "check"]
Questions = Mapping[str, Question]

_KINDS = ("choice", "bool", "int", "multi")
_CASE_KEYS = ("name", "answers", "expect", "warns")


def read_navigator(document: Document, procedures: Collection[str], items: Collection[str]) -> Navigator:
    """The 手続きナビ of one edition; fails where a case of `cases` does not come out as written."""
    root = document.root
    root.only("events", "yes_no", "questions", "rules", "spared", "visit", "cases")
    events = {code: read_words(node) for code, node in root.child("events").entries()}
    labels = {word: read_words(root.child("yes_no").child(word)) for word in ("true", "false")}
    questions: dict[str, Question] = {}
    for code, node in root.child("questions").entries():
        questions[code] = _question(code, node, events, questions)
        labels.update(_labels(code, node, events))
    navigator = Navigator(
        events=events,
        questions=tuple(questions.values()),
        rules=tuple(_rule(code, node, questions, procedures) for code, node in root.mapping("rules").items()),
        answers=labels,
        cases=tuple(_case(code, node, questions, procedures) for code, node in root.mapping("cases").items()),
        spared=tuple(_spared(node, questions, items) for node in root.mapping("spared").values()),
    )
    _prove_cases(root, navigator)
    return navigator


def read_visit_merge(document: Document) -> VisitMerge:
    """How procedures become one visit; as shipped where the edition says nothing."""
    if not document.root.has("visit"):
        return VisitMerge()
    node = document.root.child("visit")
    node.only("others_percent", "card_minutes", "round_minutes")
    return VisitMerge(
        node.integer("others_percent", high=100),
        node.integer("card_minutes", high=60),
        node.integer("round_minutes", low=1, high=60),
    )


def _question(code: str, node: Node, events: Mapping[str, Words], earlier: Questions) -> Question:
    words = read_words(node, *LANGUAGES, "kind", "hint", "answers", "answers_from", "ask_if", "stop")
    kind = cast(Kind, node.one_of("kind", _KINDS))
    values = tuple(events) if _from_events(node) else tuple(node.mapping("answers"))
    if kind in ("choice", "multi") and not values:
        node.fail(f"question `{code}` has no answers, expected `answers` or `answers_from: events`")
    if kind in ("bool", "int") and values:
        node.fail(f"a question of kind {kind} has no list of answers, expected none", "answers")
    question = Question(code, kind, words, values, hint=read_optional_words(node, "hint"))
    ask_if = _condition(node.child("ask_if"), earlier) if node.has("ask_if") else None
    stop_if, stop_message = _stop(node.child("stop"), question) if node.has("stop") else (None, Words(""))
    return Question(
        code,
        kind,
        words,
        values,
        ask_if=ask_if,
        stop_if=stop_if,
        stop_message=stop_message,
        hint=question.hint,
    )


def _from_events(node: Node) -> bool:
    return node.has("answers_from") and node.one_of("answers_from", ("events",)) == "events"


def _labels(code: str, node: Node, events: Mapping[str, Words]) -> dict[str, Words]:
    if _from_events(node):
        return {f"{code}.{value}": words for value, words in events.items()}
    return {f"{code}.{value}": read_words(label) for value, label in node.mapping("answers").items()}


def _stop(node: Node, question: Question) -> tuple[Any, Words]:
    message = read_words(node, "if")
    answer = node.child("if")
    _check_value(answer, question)
    return answer.value, message


def _condition(node: Node, questions: Questions) -> Any:
    """A condition whose questions exist (before this place) and whose values they can have."""
    if isinstance(node.value, dict):
        node.only("all", "any", "not")
        if len(node.value) != 1:
            node.fail("expected exactly one of all, any, not")
        if node.has("not"):
            _condition(node.child("not"), questions)
        for key in ("all", "any"):
            for part in node.listing(key):
                _condition(part, questions)
    else:
        _comparison(node, questions)
    return node.value


def _comparison(node: Node, questions: Questions) -> None:
    parts = list(node.nodes())
    if len(parts) != 3:
        node.fail("expected a condition [question, op, value]")
    asked, operator, value = parts
    question = questions[resolve(asked, questions, "a question asked before")]
    word = resolve(operator, OPERATORS, "a comparison")
    if word in ("ge", "le"):
        if question.kind != "int":
            operator.fail(f"`{question.id}` is no number, expected eq, ne or has")
        value.as_integer()
    elif word == "has" and isinstance(value.value, list):
        for item in value.nodes():
            _check_value(item, question)
    elif value.value is not None:
        _check_value(value, question)


def _check_value(node: Node, question: Question) -> None:
    if question.kind == "bool":
        node.as_flag()
    elif question.kind == "int":
        node.as_integer(high=99)
    elif node.value not in question.values:
        node.fail(
            f"`{node.value}` is no answer to `{question.id}`, expected one of: {', '.join(question.values)}"
        )


def _rule(code: str, node: Node, questions: Questions, procedures: Collection[str]) -> NavigatorRule:
    node.only("when", "add", "need", "why", "warn", "times")
    if node.has("add") == node.has("warn"):
        node.fail(f"rule `{code}`: expected either `add` (procedures) or `warn` (a text)")
    times = resolve(node.child("times"), questions, "a question") if node.has("times") else ""
    if times and questions[times].kind != "int":
        node.fail(f"`{times}` is no number, expected a question of kind int", "times")
    return NavigatorRule(
        id=code,
        when=_condition(node.child("when"), questions),
        add=resolve_all(node, "add", procedures, "a procedure"),
        need=cast(Need, node.one_of("need", ("must", "likely", "check"), default="must")),
        why=read_optional_words(node, "why"),
        warn=read_optional_words(node, "warn"),
        times=times,
    )


def _spared(node: Node, questions: Questions, items: Collection[str]) -> Spared:
    node.only("when", "items")
    return Spared(_condition(node.child("when"), questions), resolve_all(node, "items", items, "an item"))


def _case(code: str, node: Node, questions: Questions, procedures: Collection[str]) -> Mapping[str, Any]:
    node.only(*_CASE_KEYS)
    for asked, answer in node.child("answers").entries():
        if asked not in questions:
            answer.fail(f"`{asked}` is unknown, expected a question")
        for item in answer.nodes() if questions[asked].kind == "multi" else (answer,):
            _check_value(item, questions[asked])
    return {
        "id": code,
        "name": node.text("name"),
        "answers": node.child("answers").value,
        "expect": resolve_all(node, "expect", procedures, "a procedure"),
        "warns": node.texts("warns"),
    }


def _prove_cases(root: Node, navigator: Navigator) -> None:
    for case in navigator.cases:
        rules = fired(navigator, case["answers"])
        found = {code for rule in rules for code in rule.add}
        warned = {rule.id for rule in rules if rule.warn.ja}
        for key, expected, came in (("expect", case["expect"], found), ("warns", case["warns"], warned)):
            if set(expected) != came:
                where = root.child("cases").child(case["id"])
                missing, extra = sorted(set(expected) - came), sorted(came - set(expected))
                where.fail(
                    f"case `{case['id']}` ({case['name']}) does not come out: expected `{key}` "
                    f"[{', '.join(expected)}], missing {missing}, not expected {extra}",
                    key if where.has(key) else None,
                )
