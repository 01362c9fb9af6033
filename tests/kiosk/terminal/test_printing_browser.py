"""P6 in a real browser with a real agent and a printer on loopback: paper, no paper, a cut, and a line that is cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from models.core.db import session
from models.queries import slips
from models.queries.offices import office
from models.tables import SlipJob, Ticket
from tests.conftest import inside
from tests.kiosk.agent.agents import Agent, agent
from tests.kiosk.agent.receipt_printer import ReceiptPrinter, receipt_printer, until

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
expect = playwright.expect
SLOW = 20_000
PAIRED = """async (secret) => {
  const { put } = await import('/kiosk/static/terminal/store.js');
  await put('agent', secret);
}"""


@pytest.fixture
def paper():
    with receipt_printer() as printer:
        yield printer


@pytest.fixture
def beside(paper: ReceiptPrinter, address: str, tmp_path: Path):
    """The agent that belongs to this terminal."""
    with agent(paper.address, tmp_path / "agent", origin=address.rstrip("/")) as running:
        yield running


@pytest.fixture
def printing(kiosk: Any, beside: Agent):
    """The terminal, paired; what it asks of the agent's usual port goes to this test's."""
    tab = kiosk()
    tab.route("http://127.0.0.1:8631/**", lambda route: forward(route, beside))
    tab.evaluate(PAIRED, beside.secret)
    return tab


def forward(route: Any, beside: Agent) -> None:
    route.continue_(url=route.request.url.replace(":8631", f":{beside.port}"))


def take(tab: Any) -> str:
    """Take a number; it stands on the screen whatever the printer does."""
    for words in ("番号札をとる", "証明書", "住民票の写しの交付", "はい、次へ", "番号札をとる"):
        tab.locator(".screen").get_by_text(words, exact=True).first.click()
    expect(tab.locator(".slip-number .big")).to_be_visible()
    expect(tab.locator(".slip-code svg")).to_be_visible()
    return str(tab.locator(".slip-number .big").inner_text())


def says(tab: Any, words: str) -> None:
    expect(tab.locator("[data-print]")).to_contain_text(words, use_inner_text=True, timeout=SLOW)


def again(tab: Any) -> Any:
    return tab.get_by_role("button", name="もう一度印刷する")


def counted(settings: Any) -> tuple[int, list[str]]:
    with inside(settings):
        tickets = session().scalar(select(func.count()).select_from(Ticket))
        return tickets or 0, list(session().scalars(select(SlipJob.state)))


def told(settings: Any, state: str) -> None:
    """The house was told how the print of the only ticket went."""
    until(lambda: counted(settings) == (1, [state]), state)


def test_a_number_comes_out_on_paper_with_the_code_of_the_screen(printing, paper, settings):
    number = take(printing)
    says(printing, "番号札をお取りください")
    [code] = paper.whole_slips()
    assert "/tickets/" in code
    assert number == "A001"
    assert again(printing).is_hidden()
    expect(printing.locator("[data-print]")).to_have_attribute("data-print-state", "printed")
    told(settings, "printed")


def test_without_paper_the_screen_says_so_keeps_the_number_and_prints_when_a_person_presses(
    printing, paper, settings
):
    paper.paper_rows = 0
    number = take(printing)
    says(printing, "紙がなくなりました")
    told(settings, "failed")
    with inside(settings):
        [trouble] = slips.troubles(office("honcho"))
        assert trouble.problem == "paper_out"
    assert printing.locator(".screen").get_attribute("data-finished") is None
    paper.refill()
    printing.wait_for_timeout(1500)
    assert paper.whole_slips() == []
    again(printing).click()
    says(printing, "番号札をお取りください")
    assert len(paper.whole_slips()) == 1
    assert printing.locator(".slip-number .big").inner_text() == number
    told(settings, "printed")
    with inside(settings):
        assert slips.troubles(office("honcho")) == ()


def test_a_print_that_breaks_off_is_said_in_words_of_its_own(printing, paper, settings):
    paper.at(200, paper.hang_up)
    take(printing)
    says(printing, "途中で止まりました")
    again(printing).click()
    says(printing, "番号札をお取りください")
    assert len(paper.whole_slips()) == 1
    told(settings, "printed")


def test_an_agent_that_dies_while_printing_leaves_a_question_and_no_second_slip(
    printing, paper, beside, settings
):
    paper.at(200, beside.kill)
    take(printing)
    says(printing, "紙は出ましたか")
    assert len(paper.whole_slips()) <= 1
    told(settings, "unclear")


def test_an_agent_that_is_not_there_is_said_and_the_number_stands(printing, beside, settings):
    beside.kill()
    number = take(printing)
    says(printing, "プリンターが動いていません")
    assert number == "A001"
    told(settings, "failed")


def test_a_terminal_without_a_printer_asks_nobody(kiosk, settings):
    tab = kiosk()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    take(tab)
    expect(tab.locator("[data-print]")).to_contain_text("番号をお控えください", use_inner_text=True)
    assert not any(":8631" in url or url.endswith("/kiosk/slips") for url in asked)
    assert counted(settings) == (1, [])
