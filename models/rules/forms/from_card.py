"""カードから: name, address, birth and sex as a card tells them, proposed for whoever stands at the terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from models.catalogue.definitions import Form
from models.rules.postal import PREFECTURES

ITEMS = ("name", "address", "birth", "sex")
FIRST = ("comer", "claimant", "subject")
"""Whose card it is: who comes to the counter, else who claims, else whose form it is."""
LONGEST = 300
_NAMED = (
    *(
        "四日市",
        "八日市場",
        "廿日市",
        "野々市",
        "市川",
        "市原",
        "町田",
        "大町",
        "十日町",
        "東村山",
        "武蔵村山",
        "羽村",
    ),
    *("村上", "村山", "田村", "大村", "郡上", "郡山", "大和郡山", "蒲郡", "小郡", "西都"),
)
"""Cities whose names hold a character that ends other names."""
_CITY = re.compile(
    rf"(?:{'|'.join(_NAMED)})市"
    r"|(?:余市|高市|[^市区町村郡]{1,4})郡(?:余市|上市|玉村|大町|[^市区町村]{1,6})[町村]"
    r"|[^市区町村郡]{1,6}市[^市区町村0-9０-９]{1,4}区(?=.)"
    r"|[^市区町村郡]{1,6}[市区町村]"
)
_NUMBER = re.compile(r"[0-9０-９]|[一二三四五六七八九十]+(?=丁目|番)")


def from_card(form: Form, card: Mapping[str, str]) -> dict[str, Any]:
    """The answers that a card gives to a form: only those of one person, none where nobody of it is meant."""
    told = {name: card.get(name, "") for name in ITEMS}
    if not told["name"] or any(len(value) > LONGEST or not _plain(value) for value in told.values()):
        return {}
    roles = {section.role: section for section in reversed(form.asked_sections)}
    section = next((roles[role] for role in FIRST if role in roles), None)
    if section is None:
        return {}
    values = {
        "name": told["name"],
        "birth": told["birth"],
        "addr": parted(told["address"]),
        "sex": told["sex"],
    }
    return {
        item.id: values[item.vocabulary]
        for item in section.singles
        if values.get(item.vocabulary) and (not item.values or values[item.vocabulary] in item.values)
    }


def parted(address: str) -> dict[str, str]:
    """An address in one line as a form's parts, as well as they can be told apart; whoever reads them mends them."""
    place, _, building = address.partition("\u3000")
    pref = next((one for one in PREFECTURES if place.startswith(one)), "")
    rest = place.removeprefix(pref)
    city = found[0] if (found := _CITY.match(rest)) else ""
    rest = rest.removeprefix(city)
    number = _NUMBER.search(rest)
    cut = number.start() if number else len(rest)
    parts = {"pref": pref, "city": city, "town": rest[:cut], "block": rest[cut:], "katagaki": building}
    return {name: value for name, value in parts.items() if value}


def _plain(value: str) -> bool:
    return all(letter.isprintable() or letter == "\u3000" for letter in value)
