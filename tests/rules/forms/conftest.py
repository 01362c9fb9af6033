"""The shipped forms, and answers that go with them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from models.catalogue import loader
from models.catalogue.definitions import Form
from models.rules.forms.json_schema import example

DAY = date(2026, 11, 24)


@pytest.fixture(scope="session")
def forms() -> Mapping[str, Form]:
    return loader.load().forms


@pytest.fixture
def f01(forms: Mapping[str, Form]) -> dict[str, Any]:
    return deepcopy(example(forms["F01"]))


@pytest.fixture
def family() -> dict[str, Any]:
    """A family of four with hard names moves in."""
    home = {"zip": "4101118", "pref": "静岡県", "city": "前庭市", "town": "本町", "block": "1番1号"}
    people = [
        ("𠮷野　太郎", "ヨシノ　タロウ", "1985-04-01", "男", "世帯主"),
        ("𠮷野　葛\U000e0100", "ヨシノ　カズラ", "1986-02-28", "女", "妻"),
        ("𠮷野　髙子", "ヨシノ　タカコ", "2015-04-01", "女", "子"),
        ("𠮷野　渡邉", "ヨシノ　ワタナベ", "2020-02-29", "男", "子"),
    ]
    return {
        "kind": "転入",
        "ido_date": "2026-11-20",
        "tokurei": "マイナンバーカード等による特例",
        "d_name": "𠮷野　太郎",
        "d_kana": "ヨシノ　タロウ",
        "d_rel": "世帯主",
        "d_tel": "090-1234-5678",
        "a_new": home,
        "a_new_head": "𠮷野　太郎",
        "a_join": False,
        "a_prev": {"pref": "東京都", "city": "千代田区", "block": "1番2号"},
        "a_prev_head": "𠮷野　太郎",
        "people": [
            {
                "p_name": name,
                "p_kana": kana,
                "p_birth": birth,
                "p_sex": sex,
                "p_rel": relation,
                "p_foreign": False,
                "p_mnc": "あり・持参",
            }
            for name, kana, birth, sex, relation in people
        ],
        "x_child": True,
    }
