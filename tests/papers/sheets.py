"""Sheets for tests: any form of the shipped catalogue, filled for a plain person or for the hardest ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from models.catalogue.definitions import Catalogue, FormField
from models.catalogue.loader import load
from models.papers.sheet import ApplicationSheet

FORM_IDS = [f"F{number:02d}" for number in range(1, 12)]
PLAIN = (
    ("前庭　太郎", "マエニワ　タロウ"),
    ("前庭　花子", "マエニワ　ハナコ"),
    ("前庭　さくら", "マエニワ　サクラ"),
)
HARD = (
    ("𠮷野　家", "ヨシノ　イエ"),
    ("葛󠄀城　髙﨑", "カツラギ　タカサキ"),
    ("MARIA FERNANDA GUADALUPE DE LOS SANTOS RODRIGUEZ VILLANUEVA Y MENDOZA", "マリア　フェルナンダ"),
    ("王", "ワン"),
    ("勅使河原　勘解由小路左衛門尉", "テシガワラ　カデノコウジサエモンノジョウ"),
    ("渡邉　辻󠄁子", "ワタナベ　ツジコ"),
    ("前庭　花子", "マエニワ　ハナコ"),
)
HOME = {"zip": "4101118", "pref": "静岡県", "city": "前庭市", "town": "佐野", "block": "1059番地の2"}
FAR_HOME = {
    "zip": "6048102",
    "pref": "京都府",
    "city": "京都市中京区",
    "town": "柳馬場通御池下る柳八幡町",
    "block": "65番地の1",
    "katagaki": "グランドヒルズ髙瀬川リバーサイドレジデンス御池通ウエストタワー弐番館２３０４号室"
    "（株式会社前庭ホールディングス社宅管理課気付　葛󠄀城𠮷右衛門様方離れ二階東側）",
}
DAYS = ("1976-04-05", "1989-01-08", "2019-05-01", "1926-12-25", "1985-04", "1970", "2012-02-29")


@cache
def catalogue() -> Catalogue:
    return load()


def sheet(form: str, fields: Mapping[str, Any] | None = None, **changes: Any) -> ApplicationSheet:
    """A sheet of `form`, blank where no fields are given."""
    made = ApplicationSheet(
        form=catalogue().forms[form],
        staff_blocks=catalogue().staff_blocks,
        fields=fields or {},
        municipality="前庭市",
        addressee="前庭市長",
        printed_on=date(2026, 11, 24),
        print_id="K7FX29MBQ3TBW6RC",
        reference="K7FX29MB",
        edition="2026-1",
    )
    return replace(made, **changes)


def answers(
    form_id: str,
    people: tuple[tuple[str, str], ...] = PLAIN,
    rows: int = 2,
    home: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """An answer to everything that `form_id` asks online."""
    form, found = catalogue().forms[form_id], dict[str, Any]()
    home = home or (HOME if people is PLAIN else FAR_HOME)
    for section in form.sections:
        for number, item in enumerate(section.singles):
            found[item.id] = _answer(item, number, people, home, found)
        repeated = section.repeated
        if len(repeated) == 1:
            found[section.list_key] = [_answer(repeated[0], row, people, home, {}) for row in range(rows)]
        elif repeated:
            found[section.list_key] = [
                {item.id: _answer(item, row, people, home, {}) for item in repeated} for row in range(rows)
            ]
    return found


def _answer(
    item: FormField,
    number: int,
    people: tuple[tuple[str, str], ...],
    home: Mapping[str, str],
    found: Mapping[str, Any],
) -> Any:
    person = people[number % len(people)]
    by_kind: dict[str, Any] = {
        "name": person[0], "kana": person[1], "address": home, "tel": "055-992-1111", "bool": number % 2 == 0,
        "wareki": DAYS[number % len(DAYS)], "date": DAYS[0], "int": 2, "text": "前庭市役所前"[: item.max_length],
    }  # fmt: skip
    if item.kind == "choice":
        return item.values[number % len(item.values)] if item.values else "令和8年度"
    if item.kind == "multi":
        return list(item.values[::2])
    if item.kind == "copies":
        return dict.fromkeys(found[item.copies_of], 2)
    return by_kind.get(item.kind, "12345")
