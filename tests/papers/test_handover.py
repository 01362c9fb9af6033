"""What goes on to another system: one person's items in the receiver's order, in the names of the 標準仕様; I7."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from models import catalogue
from models.catalogue.loader import load
from models.core.messages import _n
from models.papers.handover import ADAPTERS, Adapter, Handed
from models.papers.tables import unguarded
from models.rules.forms.json_schema import example
from models.rules.handover import items as rules
from models.rules.handover.items import PARTS, Dates, chosen, items, names, text

FORMS = {form.id: form for form in load().forms.values() if not form.paper_only}
OTHER: dict[str, Any] = {
    "t_same": False, "t_name": "山田　太郎", "t_kana": "ヤマダ　タロウ", "t_birth": "1950-02-03",
    "t_addr": {"pref": "静岡県", "city": "前庭市", "town": "東町", "block": "2-3", "katagaki": "201号"},
}  # fmt: skip


def handed(form: str = "F01", order: tuple[str, ...] = (), dates: Dates = "iso", **answers: Any) -> Handed:
    made = FORMS[form]
    fields = {**example(made), **answers}
    return Handed(
        "BCDFGHJKLMNP", 1, "K7FX29MB", form, made.words.ja, 1, "maeniwa", "honcho",
        datetime.fromisoformat("2026-11-24T09:00:00+09:00"), items(made, fields), order, dates,
    )  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_item_of_every_form_has_a_name_of_its_own(form: str) -> None:
    found = [one.full_name for one in items(FORMS[form], example(FORMS[form]))]
    assert len(found) == len(set(found)) > 10
    assert len(names(FORMS[form])) == len(set(names(FORMS[form])))
    assert not [name for name in found if "個人番号" in name and "載せる" not in name]


def test_the_parts_of_an_address_are_called_as_the_vocabulary_calls_them() -> None:
    text = (Path(catalogue.__file__).parent / "vocabulary.yaml").read_text(encoding="utf-8")
    known = yaml.safe_load(text)["items"]
    assert {part: known["zip" if part == "zip" else f"addr_{part}"]["std"] for part in PARTS} == PARTS


def test_a_name_alone_means_the_one_whom_the_form_is_about_and_never_mixes_two_people() -> None:
    order = ("氏名", "氏", "名", "生年月日", "住所", "方書", "電話番号", "窓口に来られた方／氏名")
    assert dict(handed(order=order, **OTHER).texts()) == {
        "氏名": "山田　太郎", "氏": "山田", "名": "太郎", "生年月日": "1950-02-03",
        "住所": "静岡県前庭市東町2-3　201号", "方書": "201号", "電話番号": "",
        "窓口に来られた方／氏名": "前庭　花子",
    }  # fmt: skip
    assert dict(handed(order=order).texts())["電話番号"] == "090-1234-5678"


def test_a_planted_fault_that_fills_gaps_from_somebody_else_would_be_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rules, "NAME", "nobody's")
    found = handed(**OTHER).items
    taken = chosen(found, "電話番号")
    assert taken is not None
    assert text(taken) == "090-1234-5678"


@pytest.mark.parametrize(
    ("dates", "expected"), [("iso", "1985-04-01"), ("digits", "19850401"), ("wareki", "昭和60年4月1日")]
)
def test_dates_are_written_as_the_receiver_wants_them(dates: Dates, expected: str) -> None:
    assert handed(order=("生年月日",), dates=dates).texts() == (("生年月日", expected),)


def test_json_says_whose_items_they_are_and_keeps_what_was_typed() -> None:
    hard = "葛\U000e0100城　𠮷子"
    told = json.loads(ADAPTERS["json"].draw(handed(r_name=hard)))
    assert (told["format"], told["receipt"], told["at"]) == (
        "maeniwa-handover/1", "BCDFGHJKLMNP", "2026-11-24T09:00:00+09:00",
    )  # fmt: skip
    who = told["sections"][0]
    assert (who["title"], who["role"], who["person"]) == ("窓口に来られた方", "comer", None)
    assert who["items"]["氏名"] == hard
    assert who["items"]["生年月日"] == "1985-04-01"
    people = [one["person"] for one in json.loads(ADAPTERS["json"].draw(handed("F02")))["sections"]]
    assert 1 in people
    only = json.loads(ADAPTERS["json"].draw(handed(order=("氏名", "なにか"))))
    assert only["items"] == {"氏名": "前庭　花子", "なにか": None}
    assert "sections" not in only


@pytest.mark.parametrize("start", ["=HYPERLINK(1)", "+81", "-1", "@x", "＝1", "＋1", "\t=1", "'=1"])
@pytest.mark.parametrize("shape", ["csv", "tabbed", "lines"])
def test_i7_no_cell_is_a_formula_and_reading_it_back_gives_what_was_typed(start: str, shape: str) -> None:
    drawn = ADAPTERS[shape].draw(handed(order=("提出先", "氏名"), submit_to=start)).decode("utf-8-sig")
    if shape == "csv":
        head, row = csv.reader(io.StringIO(drawn))
        cells = dict(zip(head, row, strict=True))
        assert (cells["連携番号"], cells["氏名"]) == ("BCDFGHJKLMNP", "前庭　花子")
        cell = cells["提出先"]
    else:
        cell, name = drawn.split("\t" if shape == "tabbed" else "\n")
        assert name == "前庭　花子"
    assert cell[0] == "'" or cell[0] == " "
    assert unguarded(cell).strip() == start.strip()


def test_an_integrators_adapter_is_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """What docs/handover.md shows: a name in `ADAPTERS`, and the receiver's own words for our items."""

    def draw(one: Handed) -> bytes:
        told = dict(one.texts())
        return f"{one.receipt:<12}{told['氏名']:　<20}{told['生年月日']}".encode("cp932", "replace")

    fixed = Adapter("fixed", _n("固定長"), ("folder",), "dat", "application/octet-stream", draw)
    monkeypatch.setitem(ADAPTERS, fixed.name, fixed)
    drawn = ADAPTERS["fixed"].draw(handed(order=("氏名", "生年月日"), dates="digits"))
    assert drawn.decode("cp932") == "BCDFGHJKLMNP" + "前庭　花子".ljust(20, "　") + "19850401"
