"""Somebody came without a form: a card's name and address stand on it, as a draft that the counter prints."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pdfminer.high_level import extract_text

from kiosk.agent.card import pcsc
from models.queries import applications
from tests.kiosk.agent.agents import Agent, agent
from tests.kiosk.agent.cards import PIN, Card, Reader, virtual_reader
from tests.kiosk.terminal.test_printing_browser import forward
from tests.web.counter.conftest import Hall, walk_in
from tests.web.counter.test_desk_browser import address, browser, flawless, signed_in
from tests.web.counter.test_scanning import inner, printed
from tests.web.people import BEN, post

__all__ = ["address", "browser", "signed_in"]
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PAGE = "/counter/card"
CARD = {"name": "山田　花子", "address": "静岡県架空市中央１－２－３", "birth": "1989-01-08", "sex": "女"}
FACE = {"year": "1", "month": "1", "day": "8", "expires": "2031", "security": "1234"}


def test_the_form_is_shown_at_once_and_printed_with_name_and_address(hall: Hall, ben: FlaskClient) -> None:
    answer = post(ben, PAGE, PAGE, form="F01", card=json.dumps(CARD))
    page = ben.get(answer.headers["Location"])
    assert "山田　花子" in page.text
    assert "は入力の途中です。" in page.text
    reference = inner(r"/counter/applications/([A-Z0-9]{8})/print", page)
    with hall.inside():
        one = applications.by_reference(reference)
        assert (one.form, one.state) == ("F01", "draft")
        assert applications.fields_of(one)["r_addr"]["city"] == "架空市"
    sheet = re.sub(r"\s", "", extract_text(io.BytesIO(printed(ben, page, reference).data)))
    assert "山田花子" in sheet
    assert "架空市" in sheet


@pytest.mark.parametrize(
    "card", ["", "x", "[]", "{}", '{"name": 1}', "{" * 3000, '{"number": "123456789018"}']
)
def test_what_is_no_card_makes_no_form(ben: FlaskClient, card: str) -> None:
    answer = post(ben, PAGE, PAGE, form="F01", card=card)
    assert answer.headers["Location"] == PAGE
    assert "この様式には入れられません" in ben.get(PAGE).text


def test_the_form_of_whoever_is_here_is_proposed(hall: Hall, ben: FlaskClient) -> None:
    walk_in(hall, "IDO-01")
    post(ben, "/counter/", "/counter/next")
    assert re.search(r'<option value="F02" selected>', ben.get(PAGE).text)


@pytest.fixture
def reader() -> Iterator[Reader]:
    """The real `pcscd`; skips with the reason where it cannot be."""
    if not pcsc.installed():
        pytest.skip("the extra `card` is not installed here")
    with virtual_reader() as found:
        yield found


@pytest.fixture
def beside(reader: Reader, address: str, tmp_path: Path) -> Iterator[Agent]:
    """An agent that shows its code."""
    at = address.rstrip("/")
    with agent("", tmp_path / "agent", "--card", "Virtual", secret="unpaired", origin=at) as found:
        assert found.process.stdout is not None
        found.code = found.process.stdout.readline().split()[2]
        yield found


@pytest.mark.browser
def test_a_counter_reads_a_card_in_a_real_browser(
    signed_in: Any, reader: Reader, beside: Agent, tmp_path: Path
) -> None:
    tab = signed_in(BEN)
    tab.route("http://127.0.0.1:8631/**", lambda route: forward(route, beside))
    tab.goto(PAGE)
    tab.get_by_label("コード", exact=False).first.fill(beside.code)
    tab.get_by_role("button", name="登録する").click()
    tab.get_by_role("button", name="カードを読む").wait_for()
    tab.problems.clear()
    tab.screenshot(path=tmp_path / "card.png", full_page=True)
    flawless(tab)
    tab.get_by_role("button", name="カードを読む").click()
    tab.get_by_text("作る用紙を選んでください。").wait_for()
    tab.locator("#card-done select").select_option("F01")
    with reader.with_card(Card()) as card:
        for name, text in FACE.items():
            tab.locator(f"#card-face [name={name}]").fill(text)
        tab.keyboard.press("Enter")
        tab.get_by_text("山田　花子").first.wait_for()
    assert not _asked_for_the_number(card)
    _by_pin(tab, reader, tmp_path)


def _by_pin(tab: Any, reader: Reader, tmp_path: Path) -> None:
    """The second way: the tries are said before, a wrong PIN and a locked card too, and the right one reads."""
    tab.goto(PAGE)
    tab.locator("#card-done select").select_option("F01")
    said, pin = tab.locator("#card-words p:not([hidden])"), tab.locator("#card-pin [name=pin]")
    with reader.with_card(Card(tries={0x11: 0, 0x15: 10})):
        tab.locator("#card-second summary").click()
        said.filter(has_text="暗証番号が止まっています。").wait_for()
        tab.locator("#card-second summary").click()
    with reader.with_card(Card()) as card:
        tab.locator("#card-second summary").click()
        said.filter(has_text="カードの残りの回数：3").wait_for()
        tab.problems.clear()  # a locked card is answered with 409, which the browser notes
        tab.screenshot(path=tmp_path / "pin.png", full_page=True)
        flawless(tab)
        pin.fill("0000")
        tab.keyboard.press("Enter")
        said.filter(has_text="暗証番号が違います。残りの回数：2").wait_for()
        assert pin.input_value() == ""
        assert pin.get_attribute("type") == "password"
        pin.fill(PIN.decode())
        tab.keyboard.press("Enter")
        tab.get_by_text("山田　花子").first.wait_for()
    assert not _asked_for_the_number(card)


def _asked_for_the_number(card: Card) -> list[bytes]:
    return [one for one in card.asked if one.endswith(b"\x00\x01") and one[1] == 0xA4]
