"""Every kind of mistake in a city's file is told by file, line and what is expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.catalogue.loader import load
from models.catalogue.source import CatalogueError
from tests.catalogue.cities import city

BROKEN: dict[str, tuple[str, str, int, str]] = {
    "unknown queue": (
        "procedures",
        "procedures:\n  JUM-01:\n    queue: Z\n",
        3,
        "`Z` is unknown, expected a queue: A, B, C",
    ),
    "a queue without slots": (
        "procedures",
        "procedures:\n  JUM-01:\n    queue: R\n",
        3,
        "queue R has no slot_minutes, expected them in queues.yaml",
    ),
    "unknown department": (
        "procedures",
        "procedures:\n  JUM-01: {department: nowhere}\n",
        2,
        "`nowhere` is unknown, expected a department: shimin",
    ),
    "unknown item": (
        "procedures",
        "procedures:\n  JUM-01:\n    bring:\n      - id12\n      - paper: 全員\n",
        5,
        "`paper` is unknown, expected the code of an item",
    ),
    "an item with two conditions": (
        "procedures",
        "procedures:\n  JUM-01:\n    bring: [{poa: a, seal: b}]\n",
        3,
        "expected one item",
    ),
    "unknown form": (
        "procedures",
        "procedures:\n  JUM-01:\n\n    forms: [F01, F99]\n",
        4,
        "`F99` is unknown, expected a form: F01",
    ),
    "unknown related procedure": (
        "procedures",
        "procedures:\n  JUM-01: {related: [XXX-01]}\n",
        2,
        "`XXX-01` is unknown, expected a procedure",
    ),
    "unknown who": (
        "procedures",
        "procedures:\n  JUM-01: {who: [cat]}\n",
        2,
        "`cat` is unknown, expected who may apply: self",
    ),
    "the same code twice": (
        "procedures",
        "procedures:\n  JUM-01: {who: [self, self]}\n",
        2,
        "`who` names the same code twice, expected each once",
    ),
    "misspelt key": (
        "procedures",
        "procedures:\n  JUM-01:\n    feee: {yen: 3}\n",
        3,
        "unknown key `feee`, expected one of: ja, en, easy",
    ),
    "minutes that cannot be": (
        "procedures",
        "procedures:\n  JUM-01:\n    minutes:\n      desk: 40\n",
        4,
        "`desk` is 40, expected at most `plain` (18)",
    ),
    "minutes in words": (
        "procedures",
        "procedures:\n  JUM-01: {minutes: {desk: 8分}}\n",
        2,
        "`desk` is '8分', expected a whole number from 1 to 480",
    ),
    "unknown booking need": (
        "procedures",
        "procedures:\n  JUM-01: {booking: sometimes}\n",
        2,
        "`booking` is 'sometimes', expected one of: none, optional, recommended, required",
    ),
    "a range upside down": (
        "procedures",
        "procedures:\n  JUM-01: {fee: {range: [5, 1]}}\n",
        2,
        "expected a range of two numbers, the lower first",
    ),
    "a new procedure that is not complete": (
        "procedures",
        "procedures:\n  NEW-01:\n    ja: 新しい手続き\n",
        2,
        "`queue` is missing in `NEW-01`, expected it here",
    ),
    "a procedure to remove that is not there": (
        "procedures",
        "procedures:\n  JUM-99:\n",
        2,
        "`JUM-99` is to be removed but is not there",
    ),
    "ruby without kanji": (
        "procedures",
        "procedures:\n  JUM-01:\n    easy: とる{とる}\n",
        3,
        "expected kanji{reading} with the reading in kana",
    ),
    "a name that is empty": (
        "procedures",
        "procedures:\n  JUM-01: {ja: ' '}\n",
        2,
        "`ja` is empty, expected Japanese text",
    ),
    "unknown section": ("procedures", "procedure:\n  JUM-01: {ja: x}\n", 1, "unknown key `procedure`"),
    "a list where entries are expected": (
        "procedures",
        "procedures:\n- JUM-01\n",
        1,
        "`procedures` is a list, expected a mapping",
    ),
    "a letter nobody can read": (
        "queues",
        "queues:\n  O: {ja: その他, target_wait: 5, slot_minutes: 10}\n",
        2,
        "queue `O`, expected one letter A to Z without I, O, Q",
    ),
    "slot minutes that are too short": (
        "queues",
        "queues:\n  A: {slot_minutes: 1}\n",
        2,
        "`slot_minutes` is 1, expected a whole number from 5 to 240",
    ),
    "a share over one": (
        "queues",
        "booking:\n  capacity_share:\n    normal: 1.5\n",
        3,
        "`normal` is 1.5, expected a number from 0 to 1",
    ),
    "an item that replaces nothing known": (
        "items",
        "items:\n  id1:\n    replaces: [id99]\n",
        3,
        "`id99` is unknown, expected an item",
    ),
    "a search word for nothing": (
        "search",
        "words:\n  朝市: [ASA-01]\n",
        2,
        "`ASA-01` is unknown, expected a procedure",
    ),
    "hours that are no whole": (
        "demand",
        'hour_share_pct:\n  all_weekdays:\n    "9": 90\n',
        2,
        "expected about 100",
    ),
    "unknown question in a condition": (
        "navigator",
        "rules:\n  r06:\n    when: [evnet, eq, setai]\n",
        3,
        "`evnet` is unknown, expected a question asked before: event",
    ),
    "a question asked later": (
        "navigator",
        "questions:\n  abroad:\n    ask_if: [comer, eq, self]\n",
        3,
        "`comer` is unknown, expected a question asked before: event",
    ),
    "unknown comparison": (
        "navigator",
        "rules:\n  r06:\n    when: [event, is, setai]\n",
        3,
        "`is` is unknown, expected a comparison: eq, ne, ge, le, has",
    ),
    "unknown answer in a condition": (
        "navigator",
        "rules:\n  r06:\n    when: [event, eq, holiday]\n",
        3,
        "`holiday` is no answer to `event`, expected one of: tennyu",
    ),
    "unknown answer in a list": (
        "navigator",
        "rules:\n  r06:\n    when:\n      all:\n        - [event, has, [setai, holiday]]\n",
        5,
        "`holiday` is no answer to `event`",
    ),
    "yes in words": (
        "navigator",
        "rules:\n  r15: {when: [school, eq, yes]}\n",
        2,
        "is 'yes', expected true or false",
    ),
    "more than a choice can be": (
        "navigator",
        "rules:\n  r06: {when: [event, ge, 3]}\n",
        2,
        "`event` is no number, expected eq, ne or has",
    ),
    "half a condition": (
        "navigator",
        "rules:\n  r06:\n    when: [event, eq]\n",
        3,
        "expected a condition [question, op, value]",
    ),
    "two conditions in one": (
        "navigator",
        "rules:\n  r06:\n    when: {all: [], any: []}\n",
        3,
        "expected exactly one of all, any, not",
    ),
    "a rule that does nothing": (
        "navigator",
        "rules:\n  new:\n    when: [event, eq, setai]\n",
        2,
        "rule `new`: expected either `add` (procedures) or `warn` (a text)",
    ),
    "a rule adding something unknown": (
        "navigator",
        "rules:\n  r06: {add: [IDO-99]}\n",
        2,
        "`IDO-99` is unknown, expected a procedure",
    ),
    "something unknown spared": (
        "navigator",
        "spared:\n  self: {items: [poa, id99]}\n",
        2,
        "`id99` is unknown, expected an item",
    ),
    "spared by an answer that nobody can give": (
        "navigator",
        "spared:\n  self:\n    when: [comer, eq, cat]\n",
        3,
        "`cat` is no answer to `comer`",
    ),
    "cards counted by a yes": (
        "navigator",
        "rules:\n  r07:\n    times: dog\n",
        3,
        "`dog` is no number, expected a question of kind int",
    ),
    "a choice without answers": (
        "navigator",
        "questions:\n  extra: {kind: choice, ja: どれですか}\n",
        2,
        "question `extra` has no answers, expected `answers`",
    ),
    "answers to a yes or no": (
        "navigator",
        "questions:\n  dog:\n    answers: {yes: {ja: はい}}\n",
        3,
        "a question of kind bool has no list of answers, expected none",
    ),
    "a stop for an unknown answer": (
        "navigator",
        "questions:\n  out_done:\n    stop:\n      if: later\n",
        4,
        "`later` is no answer to `out_done`",
    ),
    "a persona that does not come out": (
        "navigator",
        "cases:\n  c11:\n    expect: [MNC-04]\n",
        3,
        "case `c11` (電子証明書の更新) does not come out: expected `expect` [MNC-04], missing ['MNC-04']",
    ),
    "a persona with an unknown answer": (
        "navigator",
        "cases:\n  c11:\n    answers: {comer: cat}\n",
        3,
        "`cat` is no answer to `comer`",
    ),
    "a form used by an unknown procedure": (
        "forms",
        "forms:\n  F01:\n    used_by: [JUM-01, JUM-77]\n",
        3,
        "`JUM-77` is unknown, expected a procedure",
    ),
}


@pytest.mark.parametrize(("part", "text", "line", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_a_mistake_is_told_by_file_line_and_expectation(
    tmp_path: Path, part: str, text: str, line: int, expected: str
) -> None:
    home = city(tmp_path, **{part: text})
    with pytest.raises(CatalogueError) as error:
        load(home)
    assert str(error.value).startswith(f"city/{part}.yaml:{line}: ")
    assert expected in error.value.message


def test_a_file_with_an_unknown_name_is_refused(tmp_path: Path) -> None:
    home = city(tmp_path, procedure="procedures: {}\n")
    with pytest.raises(
        CatalogueError, match=r"city/procedure\.yaml: unknown file, expected one of: departments"
    ):
        load(home)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="expected a folder with YAML files"):
        load(tmp_path / "nowhere")


def test_a_note_for_people_may_lie_beside_the_files(tmp_path: Path) -> None:
    home = city(tmp_path, items="items: {seal: {ja: はんこ}}\n")
    (home / "README.md").write_text("our changes", encoding="utf-8")
    assert load(home).items["seal"].words.ja == "はんこ"
