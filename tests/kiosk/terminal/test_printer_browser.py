"""A terminal gets its printer: the code typed once, a trial slip, in words what is wrong; and it prints in a cut."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kiosk.agent.agents import agent
from tests.kiosk.terminal.conftest import ACROSS, UPRIGHT
from tests.kiosk.terminal.test_offline_browser import STOCKED, wire
from tests.kiosk.terminal.test_printing_browser import PAIRED, SLOW, beside, forward, paper, says
from tests.web.pages import sound

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
expect = playwright.expect
FIXTURES = (beside, paper, wire)


@pytest.fixture
def unpaired(paper, address, tmp_path):
    """An agent that shows its code."""
    with agent(paper.address, tmp_path / "fresh", secret="unpaired", origin=address.rstrip("/")) as running:
        running.code = running.process.stdout.readline().split()[2]
        yield running


def shown(tab: Any, state: str) -> None:
    expect(tab.locator(f"[data-state={state}]")).to_be_visible(timeout=SLOW)


def typed(tab: Any, code: str) -> None:
    for letter in code.replace("-", ""):
        tab.locator(".key").get_by_text(letter, exact=True).click()
    tab.get_by_role("button", name="登録する").click()


def flawless(tab: Any) -> None:
    """axe finds nothing across, nor upright what depends on the width."""
    sound.sized(tab, *ACROSS)
    assert sound.axe(tab) == []
    sound.sized(tab, *UPRIGHT)
    assert sound.axe_only(tab, sound.OF_WIDTH) == []


def test_the_code_is_typed_once_and_a_trial_slip_comes_out(kiosk, unpaired, paper):
    tab = kiosk()
    tab.route("http://127.0.0.1:8631/**", lambda route: forward(route, unpaired))
    tab.goto("/kiosk/printer")
    expect(tab.locator("h1:visible")).to_contain_text("印刷の準備をします")
    flawless(tab)
    typed(tab, "K7FX29MB")
    expect(tab.get_by_role("alert")).to_contain_text("コードが違うか")
    typed(tab, unpaired.code)
    expect(tab.locator("h1:visible")).to_contain_text("印刷の準備ができました")
    shown(tab, "ready")
    flawless(tab)
    paper.paper_rows = 0
    tab.get_by_role("button", name="試しに印刷する").click()
    shown(tab, "paper_out")
    paper.refill()
    tab.get_by_role("button", name="試しに印刷する").click()
    shown(tab, "printed")
    assert len(paper.papers) == 1
    assert tab.problems == []


class TestCut:
    """The line to the house is cut; the printer is not."""

    @pytest.fixture
    def address(self, wire):
        return f"http://127.0.0.1:{wire.port}"

    def test_a_leased_number_comes_out_on_paper_all_the_same(self, kiosk, wire, beside, paper):
        tab = kiosk()
        tab.route("http://127.0.0.1:8631/**", lambda route: forward(route, beside))
        tab.evaluate(PAIRED, beside.secret)
        tab.clock.run_for(6000)
        tab.wait_for_function(f"async () => (await ({STOCKED})()).coded", timeout=SLOW)
        wire.cut()
        try:
            tab.locator(".screen").get_by_text("番号札をとる", exact=True).first.click()
            expect(tab.locator(".screen.cut")).to_be_visible(timeout=SLOW)
            while not tab.locator("[data-give]").count():
                tab.locator("[data-piece-next]").first.click()
            tab.locator("[data-give]").first.click()
            number = tab.locator("[data-number]").inner_text()
            says(tab, "番号札をお取りください")
            [code] = paper.whole_slips()
            assert "/tickets/" in code
            assert len(code.rpartition("/")[2]) == 32
            assert number[0] in "ABCDFGHKS"
        finally:
            wire.mend()
