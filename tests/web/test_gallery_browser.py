"""The gallery in a real browser: nothing for axe to find, nothing wider than a small phone, scripts only help."""

import re

import pytest

from tests.chromium import launched, served
from tests.web import gallery_pictures
from tests.web.gallery_app import make_gallery
from tests.web.pages import sound
from web.styleguide import SCREENS

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.browser
expect = playwright.expect
LOOKS = {
    "dark": {"color_scheme": "dark"},
    "light with more contrast": {"contrast": "more"},
    "dark with more contrast": {"color_scheme": "dark", "contrast": "more"},
}
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, summary")].filter((control) => {
  const box = control.getBoundingClientRect();
  const inText = control.closest("p, li, dd, .choice, .tick, .heat, .visually-hidden, .skip");
  return box.height && box.height < 43.5 && !inText;
}).map((control) => control.outerHTML)"""


@pytest.fixture(scope="module")
def address():
    with served(make_gallery()) as found_at:
        yield f"{found_at}/styleguide/"


@pytest.fixture(scope="module")
def browser():
    with launched() as running:
        yield running


@pytest.fixture
def open_page(browser, address):
    contexts = []

    def opened(page, width=390, height=844, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, locale="ja-JP", **options)
        contexts.append(context)
        tab = context.new_page()
        tab.problems = []
        tab.on("pageerror", lambda error: tab.problems.append(str(error)))
        tab.on("console", lambda line: tab.problems.append(line.text) if line.type == "error" else None)
        tab.goto(address + page)
        return tab

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("page", ["", *SCREENS])
def test_axe_finds_nothing(open_page, page):
    tab = open_page(page, width=1366)
    assert sound.axe(tab) == []
    assert tab.problems == []


@pytest.mark.parametrize(
    ("page", "look"), [*(("", look) for look in LOOKS), ("manager", "dark"), ("counter", "dark")]
)
def test_in_every_look_whatever_is_written_is_read_easily(open_page, page, look):
    """What all looks have in common is looked at above: here only the colours."""
    tab = open_page(page, width=1366, **LOOKS[look])
    assert sound.axe_only(tab, ["color-contrast-enhanced"]) == []


@pytest.mark.parametrize("view", gallery_pictures.VIEWS, ids=lambda view: view.name)
def test_the_gallery_looks_as_it_was_left(browser, address, view, tmp_path):
    """On purpose changed? `make gallery` stores what is drawn now; look at it before it is committed."""
    known, drawn = gallery_pictures.stored(view), gallery_pictures.parts(browser, address, view)
    assert list(drawn) == list(known)
    changed = {name: gallery_pictures.differing(known[name], drawn[name]) for name in known}
    changed = {name: pixels for name, pixels in changed.items() if pixels > gallery_pictures.FEW}
    for name in changed:
        known[name].save(tmp_path / f"{name}-was.png")
        drawn[name].save(tmp_path / f"{name}-is.png")
    assert changed == {}, f"pictures of both are in {tmp_path}"


def test_in_the_colours_of_the_device_no_letter_has_the_colour_of_its_ground(open_page):
    """Behind letters a browser lays its own ground: whoever set that colour for letters would hide them."""
    tab = open_page("", forced_colors="active")
    hidden = """() => [...document.querySelectorAll("main *")].filter((one) =>
      one.getClientRects().length && getComputedStyle(one).color === getComputedStyle(document.body).backgroundColor
    ).map((one) => one.outerHTML.slice(0, 80))"""
    assert tab.evaluate(hidden) == []


def test_at_double_size_nothing_is_cut_off_sideways(open_page):
    tab = open_page("", width=640, height=400, device_scale_factor=2)
    assert tab.evaluate("document.documentElement.scrollWidth") == 640


def test_nothing_moves_for_who_asked_for_stillness(open_page):
    tab = open_page("", reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll("*")].filter((one) => {
      const style = getComputedStyle(one);
      return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
    }).map((one) => one.outerHTML.slice(0, 80))"""
    assert tab.evaluate(moving) == []


@pytest.mark.parametrize("chosen", ["light", "dark"])
def test_what_a_person_chose_counts_more_than_the_device(open_page, chosen):
    other = "dark" if chosen == "light" else "light"
    ground = "getComputedStyle(document.body).backgroundColor"
    as_set = open_page("problem", color_scheme=chosen).evaluate(ground)
    assert open_page(f"problem?theme={chosen}", color_scheme=other).evaluate(ground) == as_set
    assert open_page("problem", color_scheme=other).evaluate(ground) != as_set


def test_paper_is_white_in_the_dark_too(open_page):
    tab = open_page("problem?theme=dark")
    tab.emulate_media(media="print")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("address_of", ["", *(f"{page}?text=large" for page in ["", *SCREENS])])
def test_a_small_phone_never_scrolls_sideways_even_with_large_letters(open_page, address_of):
    tab = open_page(address_of, width=320, height=640)
    assert tab.evaluate("document.documentElement.scrollWidth") == 320
    assert tab.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize(("width", "day_runs"), [(390, "down"), (1366, "across")])
def test_a_week_of_half_hours_is_seen_whole_on_a_phone_and_on_a_desk(open_page, width, day_runs):
    tab = open_page("manager", width)
    week = tab.locator(".scroll:has(> .heat)").first
    assert week.evaluate("one => one.scrollWidth <= one.clientWidth")
    first, second = (week.locator("tbody td").nth(at).bounding_box() for at in (0, 1))
    assert (second["y"] > first["y"]) == (day_runs == "down")
    assert (second["x"] > first["x"]) == (day_runs == "across")


def test_the_counter_fits_its_screen_without_scrolling(open_page):
    tab = open_page("counter", 1366, 768)
    assert tab.evaluate("document.documentElement.scrollHeight") == 768
    hidden = "[...document.querySelectorAll('.desk > section')].filter(s => s.scrollHeight > s.clientHeight).length"
    assert tab.evaluate(hidden) == 0


def test_without_scripts_an_undivided_name_can_be_written(open_page):
    tab = open_page("form", java_script_enabled=False)
    assert not tab.locator("[name='name.whole']").is_visible()
    tab.locator("[name='name.one']").check()
    assert tab.locator("[name='name.whole']").is_visible()
    assert not tab.locator("[name='name.family']").is_visible()


def test_a_chosen_time_says_so_in_words(open_page):
    tab = open_page("day-and-time", java_script_enabled=False)
    tab.get_by_label("9:40").check()
    chosen = tab.locator(".pick:has(:checked) .when-chosen")
    assert chosen.count() == 1
    assert chosen.is_visible()


def test_hiragana_and_half_width_become_katakana_on_leaving_the_field(open_page):
    tab = open_page("form")
    field = tab.locator("[name='kana']")
    field.fill("かつらぎ ﾖｼﾋｺ")
    field.blur()
    assert field.input_value() == "カツラギ　ヨシヒコ"
    assert tab.get_by_text("カタカナに直しました").is_visible()


def test_the_errors_take_the_focus_when_the_page_opens(open_page):
    tab = open_page("form")
    assert tab.evaluate("document.activeElement.id") == "errors"


def test_a_postal_code_fills_the_address_or_offers_its_towns(open_page):
    tab = open_page("form")
    tab.locator("[name='addr.zip']").fill("４１０－１１１８")
    tab.get_by_role("button", name="住所を出す").click()
    tab.get_by_text("住所を入れました").wait_for()
    assert tab.locator("[name='addr.town']").input_value() == "佐野"
    tab.locator("[name='addr.zip']").fill("410-1102")
    tab.locator("[name='addr.zip']").press("Enter")
    tab.get_by_text("町名を選んでください。").wait_for()
    tab.locator("select[name='addr.town']").select_option("茶畑")
    tab.locator("[name='addr.zip']").fill("0000000")
    tab.get_by_role("button", name="住所を出す").click()
    tab.get_by_text("見つかりませんでした").wait_for()
    assert tab.problems == []


def test_a_second_press_sends_nothing_more(open_page):
    tab = open_page("check")
    pressed_twice = """button => {
      let sent = 0;
      button.form.addEventListener("submit", (event) => { sent += !event.defaultPrevented; event.preventDefault(); });
      button.click();
      button.click();
      return sent;
    }"""
    assert tab.get_by_role("button", name="この内容で予約する").evaluate(pressed_twice) == 1


@pytest.mark.parametrize("read", ["m1abq7", "Ｍ１ＡＢＱ７", " M1ABQ7 "])
def test_what_a_scanner_types_is_sent_clean_and_repeated_at_once(open_page, read):
    tab = open_page("counter", 1366, 768)
    bodies = []
    tab.route("**/counter", lambda route: (bodies.append(route.request.post_data), route.fulfill(status=204)))
    box = tab.locator("[data-scan]")
    assert tab.evaluate("document.activeElement.matches('[data-scan]')")
    with tab.expect_request("**/counter"):
        box.fill(read * 4)
    expect(tab.locator("#scan-echo")).to_have_text(re.compile("^読み取りました"))
    expect(box).to_have_value("M1ABQ7" * 4)
    assert "M1ABQ7" * 4 in bodies[0]


def test_the_scan_box_takes_the_focus_back_but_not_from_a_person(open_page):
    tab = open_page("counter", 1366, 768)
    tab.locator("h2").first.click()
    expect(tab.locator("[data-scan]")).to_be_focused()
    tab.get_by_role("button", name="保留").focus()
    assert tab.evaluate("document.activeElement.tagName") == "BUTTON"


def test_the_clock_of_a_ticket_runs(open_page):
    tab = open_page("counter", 1366, 768)
    tab.locator("[data-clock-from]").evaluate(
        "clock => { clock.dataset.clockFrom = new Date(Date.now() - 494000).toISOString() }"
    )
    expect(tab.locator("[data-clock-from]")).to_have_text(re.compile("^08:"))
