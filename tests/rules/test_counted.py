"""How 人, 日 and 分 are read behind a number."""

import re

import pytest

from models.rules.counted import reading
from tests.architecture.repository import ROOT

WRITTEN = re.compile(r"(月\{がつ\})?(?<![0-9,.])([0-9,.]+)([人日分])\{([ぁ-ん]+)\}")


@pytest.mark.parametrize(
    ("unit", "readings"),
    [
        ("人", {"1": "ひとり", "2": "ふたり", "3": "にん", "11": "にん", "12": "にん", "1,002": "にん"}),
        (
            "日",
            {
                "1": "にち",
                "2": "ふつか",
                "7": "なのか",
                "10": "とおか",
                "11": "にち",
                "14": "か",
                "20": "はつか",
            }
            | {"22": "にち", "24": "か", "30": "にち"},
        ),
        (
            "分",
            {"0": "ふん", "1": "ぷん", "2": "ふん", "5": "ふん", "8": "ぷん", "9": "ふん", "10": "ぷん"}
            | {
                "34": "ぷん",
                "37": "ふん",
                "100": "ぷん",
                "1,200": "ぷん",
                "7.2": "ふん",
                "7.1": "ぷん",
                "2.0": "ふん",
            },
        ),
    ],
)
def test_a_unit_is_read_as_its_number_wants_it(unit, readings):
    assert {number: reading(number, unit) for number in readings} == readings


def test_the_first_of_a_month_has_a_word_of_its_own():
    assert reading("1", "日", in_month=True) == "ついたち"
    assert reading("11", "日", in_month=True) == "にち"
    assert reading("4", "日", in_month=True) == "よっか"


@pytest.mark.parametrize("kind", ["*.po", "*.yaml"])
def test_what_is_written_with_its_number_is_read_so(kind):
    texts = [text for door in ("models", "web") for file in (ROOT / door).rglob(kind)
             for text in WRITTEN.findall(file.read_text("utf-8"))]  # fmt: skip
    assert texts
    assert [(number, unit, said) for month, number, unit, said in texts
            if said != reading(number, unit, in_month=bool(month))] == []  # fmt: skip
