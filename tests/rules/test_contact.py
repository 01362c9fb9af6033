"""A contact is a name in kana and one way to be reached; everything else is refused, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from models.core.errors import Invalid
from models.rules.contact import checked, persons
from models.rules.mynumber import REFUSED

MY_NUMBER = "123456789018"
NAME = "マエニワ　アイコ"


def refused(*args: str, **named: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as found:
        checked(*args, **named)
    return {problem.field: problem.message.template for problem in found.value.problems}


@pytest.mark.parametrize("typed", ["まえにわ あいこ", "ﾏｴﾆﾜ ｱｲｺ", "マエニワ・アイコ", " マエニワ　アイコ "])
def test_a_name_becomes_full_width_katakana(typed: str) -> None:
    assert checked(typed, "a@example.jp").name == NAME


def test_one_way_to_be_reached_is_enough() -> None:
    assert checked(NAME, phone="０９０（１２３４）５６７８").phone == "090-1234-5678"
    assert checked(NAME, " aiko＠example.jp ").email == "aiko@example.jp"


def test_neither_e_mail_nor_telephone_is_refused_at_the_e_mail() -> None:
    assert list(refused(NAME)) == ["email"]


def test_every_bad_field_is_named_with_the_senders_prefix() -> None:
    problems = refused("前庭 愛子", "not an address", "12", "\u202e", prefix="contact.")
    assert list(problems) == ["contact.name", "contact.email", "contact.phone", "notes"]


@pytest.mark.parametrize(
    "mail", ["a@", "@example.jp", "a@localhost", "a b@example.jp", "a@example..jp", "x" * 300]
)
def test_a_broken_e_mail_address_is_refused(mail: str) -> None:
    assert list(refused(NAME, mail)) == ["email"]


@pytest.mark.parametrize(
    "field",
    [
        {"name": f"マエニワ {MY_NUMBER}"},
        {"email": f"{MY_NUMBER}@example.jp"},
        {"phone": MY_NUMBER},
        {"phone": "1234-5678-9018"},
        {"notes": "番号は １２３４ ５６７８ ９０１８ です"},
    ],
)
def test_a_my_number_is_refused_in_every_field_and_not_repeated(field: dict[str, str]) -> None:
    sent = {"name": NAME, "email": "a@example.jp", "phone": "", "notes": "", **field}
    problems = refused(**sent)
    assert problems == {next(iter(field)): REFUSED}
    assert MY_NUMBER not in str(problems)


def test_a_mobile_number_with_the_country_code_is_no_my_number() -> None:
    assert checked(NAME, phone="+81 90 1234 5678").phone == "+81-90-1234-5678"


def test_notes_may_have_lines_and_emoji_but_not_without_end() -> None:
    assert checked(NAME, "a@example.jp", notes="車いすです\nよろしく🙏").notes == "車いすです\nよろしく🙏"
    assert list(refused(NAME, "a@example.jp", notes="あ" * 501)) == ["notes"]
    assert list(refused("ア" * 61, "a@example.jp")) == ["name"]


@pytest.mark.parametrize(
    "alias",
    [
        "aiko.maeniwa@example.jp",
        "aikomaeniwa@example.jp",
        "a.i.k.o.m.a.e.n.i.w.a@example.jp",
        "Aiko.Maeniwa@Example.JP",
        "aiko.maeniwa+1@example.jp",
        "aikomaeniwa+a+b@EXAMPLE.JP",
        "ａｉｋｏ．ｍａｅｎｉｗａ＠ｅｘａｍｐｌｅ．ｊｐ",
        "ＡＩＫＯＭＡＥＮＩＷＡ＋５@example.jp",
        " aikomaeniwa@example.jp ",
        "aikomaeniwa@example.jp.",
    ],
)
def test_b1_an_alias_is_the_same_mailbox(alias: str) -> None:
    assert persons(alias) == ("mail aikomaeniwa@example.jp",)


@pytest.mark.parametrize(
    "alias",
    [
        "080-1234-5678",
        "08012345678",
        "０８０－１２３４－５６７８",
        "+81 80 1234 5678",
        "+81 080-1234-5678",
        "0081 80 1234 5678",
    ],
)
def test_b1_a_telephone_number_is_the_same_line_however_it_is_written(alias: str) -> None:
    assert persons(phone=alias) == ("line +818012345678",)


def test_b1_others_stay_others() -> None:
    others = {
        persons(one)
        for one in (
            "aiko@example.jp",
            "aiko2@example.jp",
            "aiko@example.com",
            "aiko@mail.example.jp",
            "+a@example.jp",
        )
    }
    assert len(others) == 5
    assert persons("a.b@googlemail.com") == persons("ab+c@gmail.com")
    assert persons("aiko@例え.jp") == persons("aiko@xn--r8jz45g.jp")
    assert persons("aiko@example.jp", "090-1111-2222") == ("mail aiko@example.jp", "line +819011112222")
    assert persons() == ()
