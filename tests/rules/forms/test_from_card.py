"""What a card tells becomes one person's proposed answers, and no more."""

from __future__ import annotations

import pytest

from models.catalogue.loader import load
from models.rules.forms.from_card import from_card, parted

FORMS = load().forms
CARD = {"name": "山田　花子", "address": "静岡県架空市中央１－２－３", "birth": "1989-01-08", "sex": "女"}
HERE = {"pref": "静岡県", "city": "架空市", "town": "中央", "block": "１－２－３"}


def test_whoever_comes_is_proposed_and_nobody_else() -> None:
    assert from_card(FORMS["F01"], CARD) == {"r_name": "山田　花子", "r_birth": "1989-01-08", "r_addr": HERE}
    assert set(from_card(FORMS["F02"], CARD)) == {"d_name", "d_addr"}
    claimed = from_card(FORMS["F08"], CARD)
    assert "山田　花子" in claimed.values()


@pytest.mark.parametrize("form", [one for one in FORMS if not FORMS[one].paper_only])
def test_every_form_takes_it_or_leaves_it(form: str) -> None:
    found = from_card(FORMS[form], CARD)
    roles = {FORMS[form].field(name).role for name in found}
    assert len(roles) <= 1


@pytest.mark.parametrize(
    "card",
    [
        {},
        {**CARD, "name": ""},
        {**CARD, "name": "x" * 301},
        {**CARD, "address": "a\nb"},
        {**CARD, "sex": "\x00"},
    ],
)
def test_what_no_card_says_proposes_nothing(card: dict[str, str]) -> None:
    assert from_card(FORMS["F01"], card) == {}


def test_a_sex_that_the_form_does_not_offer_and_a_birth_that_is_not_whole_are_left_out() -> None:
    card = {**CARD, "birth": "", "sex": "その他"}
    for form in ("F01", "F09"):
        found = from_card(FORMS[form], card)
        assert not {"1989-01-08", "その他"} & {str(one) for one in found.values()}


@pytest.mark.parametrize(
    ("address", "parts"),
    [("静岡県架空市中央１－２－３", ("静岡県", "架空市", "中央", "１－２－３", "")),
     ("三重県四日市市諏訪町１番５号　諏訪ビル２０１", ("三重県", "四日市市", "諏訪町", "１番５号", "諏訪ビル２０１")),
     ("東京都千代田区霞が関二丁目１番２号", ("東京都", "千代田区", "霞が関", "二丁目１番２号", "")),
     ("神奈川県横浜市中区本町６丁目５０番地の１０", ("神奈川県", "横浜市中区", "本町", "６丁目５０番地の１０", "")),
     ("東京都町田市森野２－２－２２", ("東京都", "町田市", "森野", "２－２－２２", "")),
     ("北海道余市郡余市町朝日町２６番地", ("北海道", "余市郡余市町", "朝日町", "２６番地", "")),
     ("奈良県高市郡明日香村大字岡５５番地", ("奈良県", "高市郡明日香村", "大字岡", "５５番地", "")),
     ("どこか", ("", "", "どこか", "", ""))],
)  # fmt: skip
def test_an_address_in_one_line_is_parted(address: str, parts: tuple[str, ...]) -> None:
    found = parted(address)
    assert tuple(found.get(part, "") for part in ("pref", "city", "town", "block", "katagaki")) == parts
