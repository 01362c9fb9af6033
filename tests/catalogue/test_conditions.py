"""Conditions of forms are read exactly or refused with what is expected."""

from __future__ import annotations

import pytest

from models.catalogue.conditions import (
    Comparison,
    ConditionError,
    Described,
    Every,
    Not,
    Some,
    comparisons,
    parse,
    resolve,
)

FIELDS: dict[str, Described] = {
    "kind": ("multi", ("住民票の写し", "住民票の除票", "附票")),
    "rel": ("choice", ("本人", "任意代理人（委任状）", "その他")),
    "agent": ("bool", ()),
    "name": ("name", ()),
}


def test_a_field_alone_asks_whether_it_is_answered_yes() -> None:
    assert parse("agent") == Comparison("agent", "yes")
    assert parse("agent is true") == Comparison("agent", "yes")
    assert parse("agent is false") == Comparison("agent", "no")


def test_and_binds_tighter_than_or() -> None:
    assert parse("a or b and not c") == Some(
        (Comparison("a", "yes"), Every((Comparison("b", "yes"), Not(Comparison("c", "yes")))))
    )
    assert parse("(a or b) and c") == Every(
        (Some((Comparison("a", "yes"), Comparison("b", "yes"))), Comparison("c", "yes"))
    )


def test_values_are_bare_words_lists_or_quoted() -> None:
    assert parse("rel <> 本人") == Comparison("rel", "not in", ("本人",))
    assert parse("rel not in 本人, その他") == Comparison("rel", "not in", ("本人", "その他"))
    assert parse('rel = "a b"') == Comparison("rel", "in", ("a b",))
    assert [test.field for test in comparisons(parse("kind has 附票 or rel = 本人"))] == ["kind", "rel"]


def test_a_star_stands_for_every_value_that_begins_so() -> None:
    assert resolve(parse("kind has 住民票*"), FIELDS.get) == Comparison(
        "kind", "has", ("住民票の写し", "住民票の除票")
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "expected a field"),
        ("agent and", "the end"),
        ("(agent", "expected `)`"),
        ("agent agent", "not expected here"),
        ("rel =", "expected a value"),
        ("rel not 本人", "expected `in`"),
        ("agent is maybe", "true or false"),
        ('rel = "本人', "cannot be read"),
    ],
)
def test_a_broken_condition_says_what_is_expected(text: str, told: str) -> None:
    with pytest.raises(ConditionError, match=told.replace("(", r"\(").replace(")", r"\)")):
        parse(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nobody", "no field"),
        ("rel = 他人", "has no value"),
        ("kind has 戸籍*", "has no value"),
        ("kind = 附票", "of kind multi"),
        ("name", "of kind name"),
        ("rel has 本人", "of kind choice"),
        ("not (agent or rel = 他人)", "has no value"),
    ],
)
def test_an_unknown_field_or_value_is_refused(text: str, told: str) -> None:
    with pytest.raises(ConditionError, match=told):
        resolve(parse(text), FIELDS.get)
