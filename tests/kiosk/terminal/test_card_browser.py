"""A card instead of typing, in a real browser with the real agent, the real `pcscd` and a card in Python."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.agent.card import pcsc
from tests.kiosk.agent.agents import Agent, agent
from tests.kiosk.agent.cards import Card, Reader, virtual_reader
from tests.kiosk.terminal.test_printing_browser import PAIRED, forward

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
expect = playwright.expect
FACE = {"year": "1", "month": "1", "day": "8", "expires": "2031", "security": "1234"}


@pytest.fixture
def reader() -> Iterator[Reader]:
    """The real `pcscd`; skips with the reason where it cannot be."""
    if not pcsc.installed():
        pytest.skip("the extra `card` is not installed here")
    with virtual_reader() as found:
        yield found


@pytest.fixture
def beside(reader: Reader, address: str, tmp_path: Path) -> Iterator[Agent]:
    """The agent that belongs to this terminal: a reader and no printer."""
    with agent("", tmp_path / "agent", "--card", "Virtual", origin=address.rstrip("/")) as running:
        yield running


@pytest.fixture
def reading(kiosk: Any, beside: Agent) -> Any:
    """The terminal, paired; what it asks of the agent's usual port goes to this test's."""
    tab = kiosk()
    tab.route("http://127.0.0.1:8631/**", lambda route: forward(route, beside))
    tab.evaluate(PAIRED, beside.secret)
    return tab


def press(tab: Any, words: str) -> None:
    tab.locator(".screen").get_by_text(words, exact=True).first.click()


def typed(tab: Any, **face: str) -> None:
    for name, text in {**FACE, **face}.items():
        tab.locator(f"[data-card] [name={name}]").fill(text)
    tab.locator(".keyboard .enter").click()


def test_a_card_fills_in_who_somebody_is_and_its_troubles_are_said(
    reading: Any, reader: Reader, tmp_path: Path
) -> None:
    tab = reading
    for words in ("申請書をここで書く", "証明書", "住民票の写しの交付", "はい、次へ"):
        press(tab, words)
    offer = tab.get_by_role("button", name="マイナンバーカードで名前と住所を入れる")
    expect(offer).to_be_visible()
    tab.screenshot(path=tmp_path / "offer.png")
    offer.click()
    typed(tab)
    expect(tab.get_by_text("カードがありません。")).to_be_visible()
    with reader.with_card(Card()) as card:
        typed(tab, security="9999")
        expect(tab.get_by_text("カードの数字と合いません。残りの回数：")).to_contain_text("9")
        assert tab.locator("[data-card] [name=security]").input_value() == ""
        tab.screenshot(path=tmp_path / "wrong.png")
        typed(tab)
        expect(tab.get_by_text("カードから山田　花子さんの名前と住所を入れました。")).to_be_visible()
    assert not [one for one in card.asked if one.endswith(b"\x00\x01") and one[1] == 0xA4]
    press(tab, "自分で入力する")
    expect(tab.locator("input.typed[name$='.family']")).to_have_value("山田")
    expect(tab.locator("input.typed[name$='.given']")).to_have_value("花子")
    assert tab.problems == []
