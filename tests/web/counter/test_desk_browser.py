"""The desk in a real browser: it fits its screen, keys do what they say, a scanner needs no hand on the mouse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from models.operations import accounts, arrivals, calling, direct_prints, direct_sending, help
from models.queries import bookings, staff
from models.rules import printers as printer_rules
from models.rules.handover.receivers import Wanted
from models.rules.ticket_states import Action
from tests.chromium import launched, served
from tests.operations import installed
from tests.papers.keyboards import faults, wide
from tests.web.counter.conftest import AOI, DESK, TODAY, TOMORROW, Hall, Visitor
from tests.web.counter.test_printers import out_of_paper
from tests.web.pages import sound
from tests.web.pages.sound import with_axe
from tests.web.people import AYA, BEN, KEIKO, PASSWORD, Person, employ, let_in

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
DESKTOP = (1366, 768)
OVERFULL = (
    "[...document.querySelectorAll('.desk > section')].filter(s => s.scrollHeight > s.clientHeight).length"
)
WORDS_OUTSIDE = """(() => {
  const words = [...document.querySelectorAll('.quick-number .nowrap')];
  const right = (one) => one.getBoundingClientRect().right;
  return [words.length, words.filter(one => right(one) > right(one.closest('.choice'))).length];
})()"""
"""Words of the quick choices that must stay whole, and those that have no room."""
expect = playwright.expect


@pytest.fixture
def address(hall: Hall) -> Iterator[str]:
    with served(hall.app) as found_at:
        yield found_at


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as running:
        yield running


@pytest.fixture
def signed_in(browser: Any, address: str) -> Iterator[Any]:
    contexts = []

    def opened(person: Person, by_hand: bool = False, **options: Any) -> Any:
        context: Any = with_axe(
            browser.new_context(
                viewport={"width": DESKTOP[0], "height": DESKTOP[1]},
                locale="ja-JP",
                base_url=address,
                **options,
            )
        )
        contexts.append(context)
        tab = context.new_page()
        tab.problems = []
        tab.on("pageerror", lambda error: tab.problems.append(str(error)))
        tab.on("console", lambda line: tab.problems.append(line.text) if line.type == "error" else None)
        if by_hand:
            signs_in(tab, person)
        else:
            let_in(context, person, "honcho/2" if person is BEN else "")
            tab.goto("/admin/" if person is AYA else DESK)
        return tab

    yield opened
    for context in contexts:
        context.close()


def signs_in(tab: Any, person: Person) -> None:
    """Come to the desk of counter 2 as somebody does in the morning."""
    tab.goto("/staff/sign-in")
    tab.get_by_label("利用者名").fill(person.username)
    tab.get_by_label("パスワード").fill(PASSWORD)
    tab.get_by_role("button", name="サインイン").click()
    tab.get_by_label("2番　引っ越し・世帯").check()
    tab.get_by_role("button", name="ここで受け付ける").click()


def press(tab: Any, key: str) -> None:
    """A key on a page whose scripts have run."""
    tab.wait_for_load_state("load")
    tab.keyboard.press(key)


def flawless(tab: Any) -> None:
    assert [(tab.url, *one) for one in sound.axe(tab)] == []
    assert tab.problems == []
    width = tab.viewport_size["width"]
    assert tab.evaluate(sound.WIDTH) == width


def flawless_everywhere(tab: Any) -> None:
    """At the desk, and on a phone what depends on the width."""
    flawless(tab)
    sound.sized(tab, 390, 844)
    assert [(tab.url, *one) for one in sound.axe_only(tab, sound.OF_WIDTH)] == []
    assert (tab.url, tab.evaluate(sound.WIDTH)) == (tab.url, 390)
    sound.sized(tab, *DESKTOP)


def waiting(hall: Hall, *visitors: Visitor) -> None:
    """These booked visitors are here, and four walk-ins before them."""
    with hall.inside() as place:
        for procedures in (["IDO-02"], ["IDO-01", "JUM-01"], ["JUM-01"], ["INK-02"]):
            arrivals.issue(place, procedures, "test")
        for visitor in visitors:
            arrivals.check_in(place, bookings.by_token(visitor.token), "test")


def without_paper(hall: Hall, visitor: Visitor) -> None:
    """Ben's counter has a printer without paper, and this visitor's form waits for it."""
    with hall.inside() as place:
        wanted = printer_rules.Wanted("2番のプリンター", "ipp://10.0.0.2/", "", ("2",))
        number = installed.printer(place, wanted)
        direct_prints.ask(place, visitor.form, "2", "staff/ben")
        taken = direct_sending.claim(number, "test")
        assert taken is not None
        direct_sending.end(taken.number, "test", "held", "no_paper")


def test_the_counter_is_flawless_when_there_is_much_to_do(hall, signed_in):
    """Pages that look otherwise then; `tests.web.pages` looks at all as they are when little is."""
    visitor, later = hall.book(TODAY), hall.book(TOMORROW)
    waiting(hall, visitor)
    without_paper(hall, later)
    tab = signed_in(BEN)
    flawless_everywhere(tab)
    for code in (visitor.code, later.booking):
        tab.locator("[data-scan]").fill(code)
        tab.keyboard.press("Enter")
        expect(tab.get_by_text("カツラギ").first).to_be_visible()
        flawless_everywhere(tab)
    for key in ("F2", "F2"):
        press(tab, key)
        expect(tab.locator(".ticket")).to_be_visible()
        flawless_everywhere(tab)
    for path in ("hall", "prints", "tickets/R001", "tickets/R001/finish", "tickets/R001/undo",
                 "tickets/R001/transfer", "tickets/B002/undo"):  # fmt: skip
        tab.goto(DESK + path)
        flawless_everywhere(tab)
    flawless_everywhere(signed_in(KEIKO))


def test_a_form_goes_on_to_another_system_by_keys_alone(hall, signed_in, address):
    with hall.inside() as place:
        installed.receiver(place, Wanted("住民記録", "copy", "tabbed", ("氏名", "生年月日"), "wareki"))
    visitor = hall.book(TODAY)
    tab = signed_in(BEN)
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    tab.locator("[data-scan]").fill(visitor.code)
    tab.keyboard.press("Enter")
    button = tab.get_by_role("button", name="「住民記録」へコピー")
    button.focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("button", name="コピーする")).to_be_focused()
    flawless(tab)
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("コピーしました。")).to_be_visible()
    assert tab.evaluate("navigator.clipboard.readText()") == f"{AOI}\t平成3年11月5日"
    press(tab, "Escape")
    expect(tab.get_by_text("9:00 渡しました")).to_be_visible()
    flawless(tab)


def test_the_sheet_of_a_form_follows_what_an_administrator_types(hall, signed_in):
    employ(hall.settings, AYA)
    tab = signed_in(AYA)
    tab.goto("/admin/forms/F04")
    tab.get_by_role("button", name="項目を変える（").first.click()
    tab.locator("input[name=title]").fill("印鑑登録の証明書の申請書")
    expect(tab.locator("#preview li")).to_contain_text("「印鑑登録の証明書の申請書」に変えます。")
    expect(tab.locator("#preview img")).to_be_visible()
    tab.locator("input[name=title]").fill("")
    expect(tab.locator("#preview .error")).to_contain_text("「title」を書いてください。")
    flawless(tab)


def fullest(hall: Hall, clock: Any) -> None:
    """A ticket with a form, two put aside, one absent, eleven and more waiting too long, somebody at a kiosk."""
    visitor = hall.book(TODAY)
    with hall.inside() as place:
        for _ in range(3):
            arrivals.issue(place, ["IDO-03", "JUM-01"], "test")
        aside: tuple[tuple[str, Action], ...] = (
            ("B001", "hold"),
            ("B002", "back_office"),
            ("B003", "absent"),
        )
        for number, last in aside:
            calling.step(place, number, "call", "ben", "2")
            if last != "absent":
                calling.step(place, number, "start", "ben", "2")
            calling.step(place, number, last, "ben", "2")
        for _ in range(12):
            arrivals.issue(place, ["IDO-03", "JUM-01"], "test", "en")
        clock.move_to(TODAY)
        arrivals.check_in(place, bookings.by_token(visitor.token), "test")
        calling.step(place, "R001", "call", "ben", "2")
        for _ in range(2):
            calling.step(place, "R001", "recall", "ben", "2")
        calling.step(place, "R001", "start", "ben", "2")
        token = accounts.enrol_device("kiosk", "honcho", "test", "受付機1（正面玄関）")
        help.call(place, staff.by_device(token).number, "kiosk/1")


def fits(tab: Any) -> None:
    tab.wait_for_load_state("load")  # a page whose styles are still on their way is far taller
    assert tab.evaluate("document.documentElement.scrollHeight") == DESKTOP[1]
    assert tab.evaluate(OVERFULL) == 0


def test_the_fullest_desk_fits_its_screen_without_scrolling(hall, signed_in, clock):
    fullest(hall, clock)
    tab = signed_in(BEN)
    press(tab, "F7")
    expect(tab.get_by_role("button", name="印刷する")).to_be_visible()
    expect(tab.locator(".people tbody tr:visible")).to_have_count(11)
    expect(tab.get_by_text("受付機1（正面玄関）で職員を呼んでいます")).to_be_visible()
    expect(tab.locator(".aside-list li")).to_have_count(2)
    fits(tab)
    flawless(tab)
    tab.goto("/counter/?lang=en")
    press(tab, "F7")
    expect(tab.get_by_role("button", name="Print")).to_be_visible()
    fits(tab)


def test_a_called_desk_that_proposes_absence_and_the_reception_fit_too(hall, signed_in, clock):
    fullest(hall, clock)
    with hall.inside() as place:
        calling.undo(place, "R001", "mispress", "ben")
    clock.tick(timedelta(minutes=2))
    tab = signed_in(BEN)
    expect(tab.get_by_text("来なければ F8 を押してください。")).to_be_visible()
    fits(tab)
    flawless(tab)
    tab.goto("/counter/?lang=en")
    fits(tab)
    tab = signed_in(KEIKO)
    fits(tab)
    assert tab.evaluate(WORDS_OUTSIDE) == [1, 0]
    flawless(tab)
    tab.goto("/counter/?lang=en")
    fits(tab)


def test_a_whole_visit_by_keys_and_scanner_alone(hall, signed_in):
    visitor = hall.book(TODAY)
    with hall.inside() as place:
        arrivals.check_in(place, bookings.by_token(visitor.token), "test")
    tab = signed_in(BEN)
    press(tab, "F2")
    expect(tab.get_by_text("呼出中")).to_be_visible()
    press(tab, "F2")
    expect(tab.get_by_text("対応中")).to_be_visible()
    tab.keyboard.type(visitor.code.lower(), delay=3)
    tab.keyboard.press("Enter")
    expect(tab.locator(".read-name b")).to_have_text(AOI)
    with tab.context.expect_page() as opened:
        press(tab, "F10")
    opened.value.close()
    tab.bring_to_front()
    expect(tab.locator("#live-read")).to_contain_text("印刷済 9:00", timeout=15000)
    press(tab, "F2")
    expect(tab.get_by_text("待っている人はいません。").first).to_be_visible()
    assert "きょう 1件" in tab.locator("#live-today").inner_text()


def test_after_a_click_on_print_the_scanner_is_ready_and_the_desk_says_that_it_was_printed(hall, signed_in):
    visitor = hall.book(TODAY)
    waiting(hall, visitor)
    with hall.inside() as place:
        calling.step(place, "R001", "call", "ben", "2")
        calling.step(place, "R001", "start", "ben", "2")
    tab = signed_in(BEN)
    tab.get_by_role("button", name="申請書を開く").click()
    with tab.context.expect_page() as opened:
        tab.get_by_role("button", name="印刷する").click()
    opened.value.close()
    tab.bring_to_front()
    expect(tab.locator("[data-scan]")).to_be_focused()
    expect(tab.locator("#live-read")).to_contain_text("印刷済 9:00", timeout=15000)
    expect(tab.locator("#live-history")).to_contain_text("印刷", timeout=15000)
    tab.get_by_text("刷り直す（再発行）").click()
    tab.get_by_label("紙づまり・印字不良").check()
    with tab.context.expect_page() as again:
        tab.get_by_role("button", name="再発行として印刷").click()
    again.value.close()


def test_a_scanner_with_faults_brings_the_right_person_or_is_told_so(hall, signed_in):
    """Typed key by key; through an input method as it commits; Enter at the end or not at all."""
    visitor, other = hall.book(TODAY), hall.book(TOMORROW, form=False)
    tab = signed_in(BEN)
    method = tab.context.new_cdp_session(tab)
    outcome = tab.locator(".read-name b, .notice").first
    for name, (typed, right) in faults(visitor.code, other.code).items():
        tab.goto("/counter/")
        tab.keyboard.type(typed)
        if "\r" not in typed:
            tab.keyboard.press("Enter")
        assert (name, outcome.inner_text() == AOI) == (name, right)
        assert right or "読み取れませんでした" in outcome.inner_text()
    for typed in (wide(visitor.code), wide(visitor.code.lower())):
        tab.goto("/counter/")
        method.send("Input.imeSetComposition", {"text": typed, "selectionStart": 34, "selectionEnd": 34})
        method.send("Input.insertText", {"text": typed})
        tab.keyboard.press("Enter")
        expect(tab.locator(".read-name b")).to_have_text(AOI)
    assert [one for one in tab.problems if "404" not in one] == []


def test_a_scanner_without_enter_and_a_paste_are_read_too(hall, signed_in):
    visitor = hall.book(TODAY)
    tab = signed_in(BEN)
    for text in (visitor.code, "".join(chr(ord(letter) + 0xFEE0) for letter in visitor.code)):
        tab.goto("/counter/")
        tab.locator("body").click(position={"x": 700, "y": 700})
        expect(tab.locator("[data-scan]")).to_be_focused()
        tab.keyboard.insert_text(text)
        expect(tab.locator("#scan-echo")).to_have_text(re.compile("^読み取りました：M1"))
        expect(tab.locator(".read-name b")).to_have_text(AOI)


def test_it_echoes_even_when_the_server_does_not_answer(hall, signed_in):
    tab = signed_in(BEN)
    tab.route("**/counter/scans", lambda route: route.fulfill(status=204))
    tab.wait_for_load_state("load")
    tab.keyboard.insert_text("M1" + "A" * 32)
    expect(tab.locator("#scan-echo")).to_have_text("読み取りました：M1AAAAAA…")


def test_the_line_renews_itself_without_keeping_the_session_alive(hall, signed_in):
    tab = signed_in(BEN)
    asked: list[dict[str, str]] = []
    tab.on(
        "request", lambda request: asked.append(request.headers) if request.resource_type == "fetch" else None
    )
    waiting(hall)
    expect(tab.locator("#live-line")).to_contain_text("B001", timeout=15000)
    assert {headers.get("x-quiet") for headers in asked} == {"1"}


def test_a_trouble_is_read_out_once_and_its_minutes_pass_in_place(hall, signed_in, clock):
    out_of_paper(hall)
    clock.tick(timedelta(minutes=2))
    tab = signed_in(BEN)
    expect(tab.locator(".help-strip")).to_contain_text("2分たちました")
    tab.evaluate("window.strip = document.querySelector('.help-strip')")
    clock.tick(timedelta(minutes=1))
    tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(tab.locator(".help-strip")).to_contain_text("3分たちました")
    assert tab.evaluate("strip.isConnected"), "what comes anew is read out anew"


def test_everything_works_without_scripts(hall, signed_in):
    visitor = hall.book(TODAY)
    tab = signed_in(BEN, by_hand=True, java_script_enabled=False)
    tab.locator("[name=code]").fill(visitor.code)
    tab.keyboard.press("Enter")
    tab.get_by_role("button", name="受付する").click()
    expect(tab.get_by_text("R001 で受付しました。")).to_be_visible()
    tab.get_by_role("button", name="この窓口に呼ぶ").click()
    tab.get_by_role("button", name="はじめる").click()
    tab.get_by_role("button", name="申請書を開く").click()
    with tab.context.expect_page() as opened:
        tab.get_by_role("button", name="印刷する").click()
    opened.value.close()
    tab.reload()
    expect(tab.get_by_text("印刷済 9:00")).to_be_visible()
    tab.get_by_role("link", name="終了…").click()
    tab.get_by_role("button", name="終了する").click()
    expect(tab.get_by_text("R001を終了しました。")).to_be_visible()
