"""Boards in a real browser: readable from afar, said one after the other, and honest when the line is cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.chromium import Line, launched, served
from tests.kiosk.board.conftest import House
from tests.web.pages import looks, sound

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
expect = playwright.expect
WIDE, UPRIGHT, PHONE = (1920, 1080), (1080, 1920), (390, 844)
PIXELS_OF_120_MM = 120 / (43 * 25.4 * 16 / (16**2 + 9**2) ** 0.5 / 1920)
"""On a 43-inch screen of 1920 pixels."""
OUTSIDE = """() => [...document.querySelectorAll('.board *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1
    || (getComputedStyle(one).display !== 'inline' && one.scrollWidth > one.clientWidth + 2 && one.clientWidth));
}).map((one) => one.outerHTML.slice(0, 90))"""
OVERFULL = """() => [...document.querySelectorAll('.piece, .rows .name')].filter((one) => {
  const [box, holder] = [one, one.closest('li') ?? one].map((what) => what.getBoundingClientRect());
  if (one.matches('.name')) return box.height > holder.height + 1;
  return !one.matches('.at-now') && one.scrollHeight > one.clientHeight + 24;
}).map((one) => [one.className, one.textContent.slice(0, 40)])"""
"""Pieces that reach into the next one, and names that reach into the next row."""
NAMES = """() => Math.min(...[...document.querySelectorAll('.rows .name .main')]
  .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""
"""How large the smallest of them is, in pixels."""
DIGITS = """() => {
  const one = document.querySelector('.hero .digits');
  const pen = document.createElement('canvas').getContext('2d');
  const { fontWeight, fontSize, fontFamily } = getComputedStyle(one);
  pen.font = `${fontWeight} ${fontSize} ${fontFamily}`;
  const size = pen.measureText('0');
  return size.actualBoundingBoxAscent + size.actualBoundingBoxDescent;
}"""
CONTRAST = """(all) => all.map((one) => {
  const { color, backgroundColor } = getComputedStyle(one);
  const light = (text) => text.match(/[0-9.]+/g).slice(0, 3)
    .map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const [dark, bright] = [light(color), light(backgroundColor)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
})"""
"""WCAG 2.2, relative luminance: axe leaves boxes of container units undecided."""
VOICE = """
window.said = [];
const speaking = { speak(told) { said.push(["begins", told.text, told.volume]);
    setTimeout(() => { said.push(["ends", told.text]); told.onend(); }, 60); }, cancel() {}, getVoices: () => voices };
const voices = [{ lang: "ja-JP", localService: true, name: "ours" }];
Object.defineProperty(window, "speechSynthesis", { value: speaking });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
addEventListener("announced", (event) => said.push([event.detail.what, event.detail.number]));
"""
SLOW_SOUND = """
const { promise, resolve } = Promise.withResolvers();
window.open = resolve;
const resume = AudioContext.prototype.resume;
AudioContext.prototype.resume = async function () { await promise; return resume.call(this); };
"""
"""A machine whose sound opens only when the test says so."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as running:
        yield running


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as found_at:
        yield found_at


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    contexts = []

    def at(url: str, size: tuple[int, int] = WIDE, before: str = "", time: Any = None, **options: Any) -> Any:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="ja-JP", **options
        )
        contexts.append(context)
        tab = context.new_page()
        tab.problems = []
        tab.on("pageerror", lambda error: tab.problems.append(str(error)))
        tab.on("console", lambda line: tab.problems.append(line.text) if line.type == "error" else None)
        if before:
            tab.add_init_script(before)
        tab.clock.install(time=time)
        return turned(tab, url)

    yield at
    for context in contexts:
        context.unroute_all(behavior="ignoreErrors")
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")
        context.close()


def turned(tab: Any, url: str) -> Any:
    """Turn a board to another address; it has asked the house."""
    tab.goto(url)
    tab.wait_for_selector("body[data-answered]", state="attached")
    return tab


def until(tab: Any, condition: str) -> None:
    """Let the page's clock run until this is so; the network and sounds take their own time."""
    for _ in range(1200):
        if tab.evaluate(condition):
            return
        tab.clock.run_for(250)
        tab.wait_for_timeout(25)
    raise AssertionError(condition)


def shows(tab: Any, number: str) -> None:
    """Until the board has heard that this one is called."""
    until(tab, f"document.querySelector('.hero .digits')?.textContent === '{number}'")


def flawless(tab: Any) -> None:
    assert [(tab.url, *one) for one in sound.axe(tab, "wcag2aaa")] == []
    assert tab.problems == []


def full(house: House) -> None:
    """Six queues, twelve calls, hand-overs, and some who did not come."""
    for queue in "ABCFABCFA":
        house.serve(queue)
    house.miss("F")
    for queue in "AB":
        house.deliver(queue)
    for _ in range(12):
        house.issue("A")
    house.call("C")


IN_EACH = [f"?lang={language},ja,en,ko&theme=" for language in looks.RESIDENTS if language != "ja"]
HALVES = {
    WIDE: [one + ("dark", "light")[nth % 2] for nth, one in enumerate(IN_EACH[::2])],
    UPRIGHT: [one + ("light", "dark")[nth % 2] for nth, one in enumerate(IN_EACH[1::2])],
}
EVERY = [one + theme for one in IN_EACH for theme in ("dark", "light")]


@pytest.mark.parametrize("size", [WIDE, UPRIGHT])
def test_full_boards_fit_their_screen_and_axe_finds_nothing(house, address, opened, size):
    full(house)
    usual = ["", "?theme=light&calls=6", "?zoom=130&queues=A,B,C", "?parts=waits,clock"]
    tab = opened(f"{address}/board/honcho", size)
    for query in [*usual, *(EVERY if looks.FULL else HALVES[size])]:
        turned(tab, f"{address}/board/honcho{query}")
        assert (query, tab.evaluate(OUTSIDE), tab.evaluate(OVERFULL)) == (query, [], [])
        flawless(tab)


@pytest.mark.parametrize("size", [WIDE, UPRIGHT])
def test_the_called_number_is_120_millimetres_high_on_a_43_inch_screen(house, address, opened, size):
    full(house)
    house.stop("お知らせです。" * 6)
    tab = opened(f"{address}/board/honcho", size)
    for query in ("", "?zoom=130", "?lang=ja,en,ko,vi", "?calls=6&theme=light"):
        turned(tab, f"{address}/board/honcho{query}")
        assert tab.evaluate(DIGITS) >= PIXELS_OF_120_MM, query
        assert (query, tab.evaluate(OUTSIDE)) == (query, [])


def test_the_name_of_every_line_can_be_read_from_five_metres_in_every_language(house, address, opened):
    full(house)
    tab = opened(f"{address}/board/honcho")
    assert tab.locator(".rows li").count() == 9
    for query in ("", *(f"?lang={language}" for language in looks.RESIDENTS)):
        turned(tab, f"{address}/board/honcho{query}")
        assert tab.evaluate(NAMES) >= 32, query
        assert (query, tab.evaluate(OVERFULL)) == (query, [])


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_of_calls_of_the_same_minute_the_earlier_ones_can_be_read_too(house, address, opened, theme):
    numbers = [house.call(queue) for queue in ("A", "B", "F")]
    tab = opened(f"{address}/board/honcho?theme={theme}")
    expect(tab.locator(".at-recent .call.fresh .digits")).to_have_text(numbers[1::-1])
    assert min(tab.locator(".at-recent .call").evaluate_all(CONTRAST)) >= 7


def test_empty_stopped_and_closed_boards_are_flawless(house, address, opened, clock):
    tab = opened(f"{address}/board/honcho")
    flawless(tab)
    house.call("A")
    house.stop("証明書はコンビニでも取れます。")
    tab.reload()
    expect(tab.get_by_text("発券は終わりました")).to_be_visible()
    flawless(tab)


@pytest.mark.parametrize("size", [(1366, 900), PHONE])
def test_the_setup_page_is_flawless_on_desktop_and_phone(house, address, browser, size):
    house.call("A")
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="ja-JP")
    tab = context.new_page()
    tab.goto(f"{address}/board/?lang=ja&lang=en")
    assert sound.axe(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") == size[0]
    tab.get_by_label("B 引っ越し・世帯").check()
    tab.get_by_label("声を出さない").check()
    tab.get_by_role("button", name="アドレスをつくる").click()
    expect(tab.locator(".address a")).to_have_attribute(
        "href", re.compile(r"/board/honcho\?queues=B&voice=off$")
    )
    context.close()


def test_a_new_call_appears_flashes_and_is_calm_again(house, address, opened):
    tab = opened(f"{address}/board/honcho?voice=off")
    number = house.call("B")
    shows(tab, number)
    expect(tab.locator(".at-now .call")).to_have_class(re.compile("flash"))
    assert (
        tab.locator(".at-now .call").evaluate("one => getComputedStyle(one).animationIterationCount") == "8"
    )
    tab.clock.run_for(15000)
    expect(tab.locator(".at-now .call")).not_to_have_class(re.compile("flash"))


def test_who_wants_no_motion_gets_a_frame(house, address, opened):
    tab = opened(f"{address}/board/honcho?voice=off", reduced_motion="reduce")
    shows(tab, house.call("B"))
    call = tab.locator(".at-now .call.flash")
    expect(call).to_be_visible()
    assert call.evaluate("one => getComputedStyle(one).animationName") == "none"
    assert call.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"


def test_announcements_never_overlap_and_a_recall_is_said_again(house, address, opened):
    tab = opened(f"{address}/board/honcho", before=VOICE)
    tab.get_by_role("button", name="押すと音が出ます").click()
    until(tab, "document.querySelector('.sound').hidden")
    first, second = house.call("A"), house.call("B")
    until(tab, "said.filter(([what]) => what === 'ends').length >= 6")
    house.step(first, "recall")
    until(tab, "said.filter(([what]) => what === 'ends').length >= 9")
    said = tab.evaluate("said")
    assert [number for what, number, *_ in said if what == "begins" and len(number) == 4] == [
        first,
        second,
        first,
    ]
    open_now = 0
    for what, text, *_ in said:
        if len(text) > 4:
            open_now += 1 if what == "begins" else -1
        assert open_now in (0, 1)
    texts = [text for what, text, *_ in said if what == "begins" and len(text) > 4]
    assert texts[0] == "番号札、エーのいち番のかた、いち番窓口へお越しください。"
    assert texts[1].startswith("くり返します。")


def test_in_quiet_hours_it_is_half_as_loud(house, address, opened):
    tab = opened(f"{address}/board/honcho?volume=60&quiet=00:00-23:59", before=VOICE)
    tab.get_by_role("button", name="押すと音が出ます").click()
    house.call("A")
    until(tab, "said.some(([what, text]) => what === 'begins' && text.length > 4)")
    loud = next(entry[2] for entry in tab.evaluate("said") if entry[0] == "begins" and len(entry[1]) > 4)
    assert loud == pytest.approx(0.3)


def test_what_is_called_while_the_sound_is_still_opening_is_said_when_it_is_open(house, address, opened):
    tab = opened(f"{address}/board/honcho", before=VOICE + SLOW_SOUND)
    tab.get_by_role("button", name="押すと音が出ます").click()
    number = house.call("A")
    shows(tab, number)
    assert tab.evaluate("said") == []
    tab.evaluate("open()")
    until(tab, "said.some(([what, text]) => what === 'begins' && text.length > 4)")
    assert tab.evaluate("said[0]") == ["begins", number]


def test_a_browser_without_a_voice_plays_the_recorded_one(house, address, opened):
    tab = opened(f"{address}/board/honcho?voice=ja,en")
    tab.get_by_role("button", name="押すと音が出ます").click()
    with tab.expect_response(re.compile("/voice/A001/1"), timeout=30000) as asked:
        shows(tab, house.call("A"))
    assert asked.value.headers["content-type"] == "audio/mpeg"
    lasts = tab.evaluate(
        """async (url) => {
          const sound = await (await fetch(url)).arrayBuffer();
          return (await new AudioContext().decodeAudioData(sound)).duration;
        }""",
        asked.value.url,
    )
    assert 4 < lasts < 9
    assert tab.problems == []


def test_f14_a_board_whose_server_is_gone_says_so_and_heals(house, app, opened):
    line = Line(app)
    try:
        number = house.call("A")
        tab = opened(f"{line.address}/board/honcho?voice=off")
        bar = tab.get_by_role("status")
        expect(bar).to_be_hidden()
        line.cut()
        tab.clock.run_for(13000)
        expect(bar).to_be_hidden()
        for _ in range(12):
            tab.clock.run_for(500)
        expect(bar).to_be_visible()
        expect(bar).to_contain_text("更新停止")
        expect(bar).to_contain_text(re.compile(r"\d{1,2}:\d\dから新しくなっていません"))
        expect(tab.locator(".hero .digits")).to_have_text(number)
        assert (
            tab.locator(".at-now .call").evaluate("one => getComputedStyle(one).backgroundColor")
            != "rgb(255, 212, 61)"
        )
        assert sound.axe(tab, "wcag2aaa") == []
        newer = house.call("B")
        line.mend()
        for _ in range(40):
            tab.clock.run_for(500)
            if bar.is_hidden():
                break
        expect(bar).to_be_hidden()
        expect(tab.locator(".hero .digits")).to_have_text(newer)
    finally:
        line.cut()


def undated(route: Any) -> None:
    """The real answer without the server's time, so that the page keeps its own."""
    asked = {name: value for name, value in route.request.headers.items() if name != "if-none-match"}
    route.fulfill(status=200, json=route.fetch(headers=asked).json(), headers={"ETag": '"x"'})


def test_at_night_it_loads_itself_once_to_take_a_new_build(house, address, opened):
    tab = opened(f"{address}/board/honcho?voice=off", time="2026-11-24T12:00:00Z")
    tab.route("**/state*", undated)
    tab.reload()
    tab.wait_for_selector("body[data-answered]", state="attached")
    tab.evaluate("window.old = true")
    tab.clock.fast_forward("03:00:00")
    tab.wait_for_timeout(200)
    assert tab.evaluate("window.old") is True
    with tab.expect_navigation(timeout=10000):
        tab.clock.fast_forward("03:59:00")
        tab.clock.run_for(3000)
    assert tab.evaluate("window.old") is None


def test_a_board_that_runs_for_long_does_not_grow(house, address, opened):
    tab = opened(f"{address}/board/honcho?voice=off")
    watch = tab.context.new_cdp_session(tab)
    watch.send("Performance.enable")

    def nodes() -> int:
        watch.send("HeapProfiler.collectGarbage")
        found = watch.send("Performance.getMetrics")["metrics"]
        return next(int(one["value"]) for one in found if one["name"] == "Nodes")

    for _ in range(14):
        number = house.serve("A")
    shows(tab, number)
    early = nodes()
    for _ in range(6):
        for _ in range(3):
            number = house.serve("B")
        shows(tab, number)
    assert nodes() < early * 1.25


def test_without_scripts_it_is_a_still_page(house, address, browser):
    number = house.call("A")
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}/board/honcho")
    expect(tab.locator(".hero .digits")).to_have_text(number)
    expect(tab.locator(".without")).to_be_visible()
    context.close()
