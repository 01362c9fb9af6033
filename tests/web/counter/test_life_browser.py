"""A ticket's whole life by the keyboard alone, in a browser that is reloaded or killed in every state of it."""

from __future__ import annotations

from typing import Any

import pytest

from models.operations import arrivals, calling
from models.queries import line
from tests.web.counter.conftest import DESK, TODAY, Hall
from tests.web.counter.test_desk_browser import address, browser, expect, press, signed_in
from tests.web.people import BEN

__all__ = ["address", "browser", "signed_in"]
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
HELD = ("called", "serving", "recalled")
SHOWN = """() => {
  const side = document.querySelector(".desk > section").cloneNode(true);
  side.querySelectorAll("[role=status], [role=alert]").forEach((one) => one.remove());
  const text = side.textContent.replace(/\\s+/g, " ").replace(/[0-9]+(:[0-9]{2})+/g, "");
  return [text, document.querySelector("#live-line").innerText].join("|");
}"""


def state(hall: Hall, number: str) -> str:
    with hall.inside() as place:
        return line.by_number(place, place.day_of(TODAY), number).state


def numbers(hall: Hall, count: int) -> None:
    with hall.inside() as place:
        for _ in range(count):
            arrivals.issue(place, ["IDO-01"], "test")


def shown(tab: Any) -> str:
    """The desk's left side and who waits, without what runs and what was said of the last press."""
    tab.locator(".desk").wait_for()
    return str(tab.evaluate(SHOWN))


def survives(tab: Any, killed: bool) -> Any:
    """The page shows the same when it is loaded again, or in a new tab after it was killed; the page that is left."""
    tab.wait_for_load_state("load")
    before = shown(tab)
    left = tab
    if killed:
        left = tab.context.new_page()
        tab.close(run_before_unload=False)
    left.goto(DESK)
    assert shown(left) == before
    return left


def does(hall: Hall, tab: Any, key: str, said: str, number: str, now: str) -> Any:
    """A key leads to a state that the desk shows and the house knows; a page that holds a ticket may be killed."""
    press(tab, key)
    expect(tab.locator(".desk").get_by_text(said).first).to_be_visible()
    assert state(hall, number) == now
    return survives(tab, killed=now in HELD)


def test_every_state_is_reached_by_keys_and_survives_a_reload_and_a_killed_page(hall, signed_in):
    numbers(hall, 3)
    tab = survives(signed_in(BEN), killed=True)
    tab = does(hall, tab, "F2", "呼出中", "B001", "called")
    tab = does(hall, tab, "F3", "2回呼びました", "B001", "called")
    tab = does(hall, tab, "F8", "B001を「いない」にしました。", "B001", "absent")
    tab = does(hall, tab, "F2", "呼出中", "B002", "called")
    tab = does(hall, tab, "F2", "対応中", "B002", "serving")
    tab = does(hall, tab, "F4", "B002を保留にしました。", "B002", "held")
    tab = does(hall, tab, "F4", "対応中", "B002", "serving")
    tab = does(hall, tab, "Shift+F4", "B002を処理に回しました。", "B002", "back_office")
    tab = does(hall, tab, "Shift+F4", "交付の呼出中", "B002", "recalled")
    tab = does(hall, tab, "Shift+F2", "B002を終了しました。", "B002", "done")
    press(tab, "Shift+F3")
    tab.get_by_role("radio", name="まだ続きがあった").wait_for()
    press(tab, "F2")
    expect(tab.get_by_text("B002の操作を取り消しました。")).to_be_visible()
    assert state(hall, "B002") == "recalled"
    tab = does(hall, tab, "F2", "呼出中", "B003", "called")
    tab = does(hall, tab, "Shift+F8", "B003を「来なかった」にしました。", "B003", "no_show")
    tab = does(hall, tab, "Shift+F9", "昼休み中です", "B001", "absent")
    tab = does(hall, tab, "F4", "2番窓口を開けました。", "B001", "absent")
    assert tab.evaluate("location.pathname") == DESK


def test_a_number_is_found_called_moved_and_given_out_by_keys(hall, signed_in):
    numbers(hall, 2)
    tab = signed_in(BEN)
    tab.wait_for_load_state("load")
    tab.keyboard.type("b2")
    press(tab, "Enter")
    expect(tab.get_by_role("heading", name="受付番号 B002")).to_be_visible()
    press(tab, "F6")
    expect(tab.get_by_text("呼出中").first).to_be_visible()
    assert state(hall, "B002") == "called"
    press(tab, "F6")
    expect(tab.get_by_role("radio").first).to_be_focused()
    press(tab, "ArrowDown")
    press(tab, "ArrowDown")
    press(tab, "F2")
    expect(tab.get_by_text("B002を「戸籍の届出」の列に移しました。")).to_be_visible()
    press(tab, "F9")
    expect(tab.get_by_label("手続きをさがす")).to_be_focused()
    tab.keyboard.type("住民票")
    press(tab, "Enter")
    expect(tab.get_by_role("checkbox", name="住民票の写しの交付", exact=True)).to_be_visible()
    tab.get_by_role("checkbox", name="住民票の写しの交付", exact=True).focus()
    press(tab, "Space")
    press(tab, "F9")
    expect(tab.get_by_role("heading", name="番号札を渡してください")).to_be_visible()
    assert state(hall, "A001") == "waiting"


def test_a_desk_in_another_tab_comes_to_the_truth_by_itself(hall, signed_in):
    numbers(hall, 1)
    tab = signed_in(BEN)
    other = tab.context.new_page()
    other.goto(DESK)
    press(other, "F2")
    expect(other.get_by_text("呼出中")).to_be_visible()
    tab.bring_to_front()
    expect(tab.get_by_text("呼出中")).to_be_visible(timeout=15000)
    with hall.inside() as place:
        calling.step(place, "B001", "start", "ben", "2")
    expect(tab.get_by_text("対応中")).to_be_visible(timeout=15000)
    assert [one for one in tab.problems if "fetch" not in one] == []
