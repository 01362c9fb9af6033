"""A form is written at a kiosk one question a screen, and comes out of the counter's printer with the number."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.core.settings import Settings
from models.operations import accounts
from models.operations.booking import book
from models.queries import applications, line
from models.queries.offices import office
from models.tables import Application
from tests.conftest import inside
from tests.kiosk.screens import Screens
from tests.operations.test_booking import asked, free
from tests.postgresql import BOTH

START = "/kiosk/screens/writing"


@pytest.fixture
def screens(client: FlaskClient, settings: Settings) -> Screens:
    with inside(settings):
        token = accounts.enrol_device("kiosk", "honcho", "test")
    return Screens(client, token)


def at_first_question(screens: Screens, who: str = "自分で入力する") -> Screens:
    screens.open(START).press("証明書").press("住民票の写し").press("はい、次へ")
    assert "マイナンバー" in screens.said
    return screens.press(who)


def answered(screens: Screens) -> Screens:
    """Go on with the first answer of everything that is still asked."""
    for _ in range(40):
        if "これで よいですか" in screens.title:
            return screens
        form = next((one for one in screens.forms if one.typed), None)
        if form is not None:
            screens.type(*("1" for _ in form.typed))
        elif any(one.offered for one in screens.forms):
            screens.tick(next(one for one in screens.forms if one.offered).offered[0][1])
        else:
            screens.choose()
    raise AssertionError(screens.title)


def stored(settings: Settings) -> list[Application]:
    with inside(settings):
        return list(session().scalars(select(Application).order_by(Application.id)))


@BOTH
def test_a_whole_form_becomes_a_number_whose_form_is_ready_for_the_counter(
    screens: Screens, settings: Settings
) -> None:
    at_first_question(screens)
    assert "氏名" in screens.title
    screens.type("葛󠄀西", "花子")
    screens.type("カサイ", "ハナコ").type("2", "4", "1", era="平成")
    screens.type("4101118").type("1番1号").type("")
    assert "電話" in screens.title
    answered(screens.type("09011112222"))
    assert "まだ提出はされません" in screens.said
    assert "葛󠄀西" in screens.said
    screens.press("この内容で番号札をとる")
    assert (screens.status, screens.title) == (200, "受付しました")
    (one,) = stored(settings)
    assert (one.state, one.channel, one.form) == ("ready", "kiosk", "F01")
    with inside(settings):
        ticket = line.by_number(office("honcho"), office("honcho").day_of(now()), "A001")
        fields = applications.fields_of(applications.of_ticket(ticket.id)[0])
        assert ticket.prefilled
        assert fields["r_name"] == "葛󠄀西　花子"
        assert fields["r_addr"]["city"] == "裾野市"


def test_pressing_twice_takes_one_number_and_keeps_one_form(screens: Screens, settings: Settings) -> None:
    at_first_question(screens)
    screens.type("葛西", "花子").type("カサイ", "ハナコ").type("2", "4", "1", era="平成")
    answered(screens.type("4101118").type("1").type("").type("09011112222"))
    last = next(form for form in screens.forms if "番号札をとる" in form.says)
    first = screens.send(last).said
    assert screens.send(last).title == "受付しました"
    assert ("A001" in first, "A001" in screens.said) == (True, True)
    assert len(stored(settings)) == 1


def test_what_is_wrong_is_said_on_the_same_screen_with_what_was_typed(screens: Screens) -> None:
    at_first_question(screens).type("葛西", "")
    assert "氏と名の両方" in screens.said
    assert "葛西" in screens.said
    screens.type("葛西", "花子").type("かさい123", "ハナコ")
    assert 'role="alert"' in screens.said


def test_a_my_number_is_refused_and_not_shown_again(screens: Screens, settings: Settings) -> None:
    at_first_question(screens).type("123456789018", "花子")
    assert "マイナンバー" in screens.said
    assert 'value="123456789018"' not in screens.said
    assert stored(settings) == []


def test_what_is_left_for_the_counter_makes_a_draft_that_was_typed_with_help(
    screens: Screens, settings: Settings
) -> None:
    at_first_question(screens, "係の人が代わりに入力する")
    for _ in range(40):
        if "これで よいですか" in screens.title:
            break
        keys = [form.says for form in screens.forms]
        screens.press("窓口で書く" if any("窓口で書く" in key for key in keys) else "書かない")
    assert "空いているところは、窓口で書いてもらいます" in screens.said
    screens.press("この内容で番号札をとる")
    (one,) = stored(settings)
    assert (one.state, one.channel) == ("draft", "kiosk_helped")


def test_a_postal_code_with_several_towns_offers_five_at_a_time(screens: Screens) -> None:
    at_first_question(screens)
    screens.type("葛西", "花子").type("カサイ", "ハナコ").type("2", "4", "1", era="平成")
    screens.type("4520961")
    assert "町名を選んでください" in screens.said
    towns = [form for form in screens.forms if any(name == "choose_town" for name, _ in form.carried)]
    assert 1 < len(towns) <= 5
    screens.press("ほかを見る")
    assert "町名を選んでください" in screens.said
    screens.choose()
    assert "番地を押してください" in screens.said


def test_an_unknown_postal_code_lets_the_address_be_written_by_hand(screens: Screens) -> None:
    at_first_question(screens)
    screens.type("葛西", "花子").type("カサイ", "ハナコ").type("2", "4", "1", era="平成")
    screens.type("0000000")
    assert "都道府県" in screens.said


def test_no_screen_offers_more_than_five_choices(screens: Screens) -> None:
    at_first_question(screens)
    screens.type("葛西", "花子").type("カサイ", "ハナコ").type("2", "4", "1", era="平成")
    screens.type("4101118").type("1").type("").type("09011112222")
    for _ in range(40):
        if "これで よいですか" in screens.title:
            break
        answers = [form for form in screens.forms if ("go", "next") in form.carried and form.says]
        ticks = [pair for form in screens.forms for pair in form.offered]
        assert max(len(answers), len(ticks)) <= 5, screens.title
        form = next((one for one in screens.forms if one.typed), None)
        if form is not None:
            screens.type(*("1" for _ in form.typed))
        elif ticks:
            screens.tick(ticks[0][1])
        else:
            screens.choose()


def test_a_form_can_be_written_for_a_booking_that_was_made_here(screens: Screens, settings: Settings) -> None:
    with inside(settings):
        made = book(asked(free()[5]))
    draft = {
        "procedure": "JUM-01",
        "form": "F01",
        "office": "honcho",
        "booking": made.token,
        "key": made.token,
    }
    form = screens.open(START).forms[0]
    form.action, form.carried = f"{START}/file", [("draft", json.dumps({**draft, "fields": {}}))]
    screens.send(form)
    assert screens.title == "申請書を預かりました"
    (one,) = stored(settings)
    assert (one.state, one.channel) == ("draft", "kiosk")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"form": 3}', '{"procedure": "JUM-01", "form": "F99"}', "[" * 9000]
)
def test_a_broken_draft_is_not_found_and_breaks_nothing(screens: Screens, text: str) -> None:
    form = screens.open(START).forms[0]
    for action in ("question", "look", "file"):
        form.action, form.carried = f"{START}/{action}", [("draft", text), ("mend", "1")]
        assert screens.send(form).status == 404


def test_what_a_card_told_stands_in_the_first_answers_and_nothing_else_is_taken(
    screens: Screens, settings: Settings
) -> None:
    screens.open(START).press("証明書").press("住民票の写し").press("はい、次へ")
    begin = next(form for form in screens.forms if "自分で入力する" in form.says)
    for told in ("x", "[]", "{" * 3000, '{"name": 1}', '{"name": "山田", "number": "123456789018"}'):
        begin.carried.append(("card", told))
        screens.send(begin)
        assert (screens.status, "123456789018" in screens.said) == (200, False)
        begin.carried.pop()
    card = {"name": "山田　花子", "address": "静岡県裾野市佐野１０５９", "birth": "1989-01-08", "sex": "女"}
    begin.carried.append(("card", json.dumps(card)))
    screens.send(begin)
    assert 'value="山田"' in screens.said
    screens.type("山田", "花子").type("ヤマダ", "ハナコ")
    assert 'value="平成"' in screens.said
    screens.type("1", "1", "8", era="平成").type("")
    assert 'value="佐野"' in screens.said
