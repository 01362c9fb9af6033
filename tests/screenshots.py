"""Pictures of every page of the demo city at phone and desktop size: `python -m tests.screenshots FOLDER`."""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from models.core import settings as core_settings
from models.core.clock import now
from models.core.db import standing
from models.core.settings import Settings
from models.core.tokens import derived
from models.operations import arrivals, calling, demo, devices
from models.operations.demo import DemoCity
from models.papers.qr import reference_text
from models.queries import devices as enrolled
from models.queries.bookings import by_token
from models.queries.offices import office
from tests.chromium import launched, served
from tests.conftest import CITY, inside
from tests.web.people import BEN, CHIE, PASSWORD, Person, employ
from wsgi import create_app

THURSDAY = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
"""10:00 in Japan on a day with long hours: residents look, and the demo booking is for tomorrow."""
FRIDAY = datetime(2026, 11, 27, 0, 8, tzinfo=UTC)
"""9:08 in Japan: its visitor has come, and is called."""
AYA = Person("aya", "administrator", None)
SIZES = {"desktop": (1366, 900), "phone": (390, 844)}
HALL = {"board": (1920, 1080), "kiosk": (1080, 1920)}
RESIDENT = {
    "home": "/", "guide": "/guide/", "question": "/guide/questions?event=tennyu",
    "result": "/guide/result?event=shomei&certs=juminhyo&certs=income&comer=self", "search": "/guide/search?q=引っ越し",
    "procedure": "/guide/procedures/IDO-01", "time": "/book/?procedure=IDO-01&procedure=KOK-01",
    "month": "/book/?procedure=JUM-01&month=2026-12",
    "contact": "/book/contact?procedure=JUM-01&office=honcho&starts_at=2026-11-27T10:00",
    "offices": "/offices", "privacy": "/privacy", "accessibility": "/accessibility", "missing": "/nothing",
}  # fmt: skip
MINE = {
    "booking": "", "change": "/change", "cancel": "/cancel", "form": "/forms/F01/what", "check": "/forms/F01/check",
}  # fmt: skip
STAFF = {
    BEN: {"desk": "/counter/", "new-ticket": "/counter/tickets/new"},
    CHIE: {
        "manager": "/manager/", "by-hour": "/manager/?by=hour", "staffing": "/manager/staffing",
        "weekly": "/manager/staffing/weekly?sample=1", "savings": "/manager/savings", "import": "/manager/import",
    },
    AYA: {"admin": "/admin/", "staff": "/admin/staff/"},
}  # fmt: skip


def main(folder: Path) -> None:
    """Take every picture, and put two side by side for the README."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="maeniwa-pictures-") as place, freeze_time(THURSDAY) as clock:
        assert isinstance(clock, FrozenDateTimeFactory)
        settings = core_settings.load(Path(place) / "instance", {"MAENIWA_LOG_LEVEL": "error"})
        with standing(settings):
            city = demo.fill()
        assert city is not None
        with served(create_app(settings)) as address, launched() as browser:
            residents(browser, address, city, folder)
            people(settings, clock, city)
            staff(browser, address, city, folder)
            hall(browser, address, settings, folder)
    front(folder)
    front_yard(folder)
    top(folder / "manager.png", folder / "desktop-manager.png", 690)
    top(folder / "staffing.png", folder / "desktop-staffing.png", 830)


def people(settings: Settings, clock: FrozenDateTimeFactory, city: DemoCity) -> None:
    """Staff with passwords, some walk-ins of Friday morning, and the visitor of the demo booking."""
    employ(settings, BEN, CHIE, AYA)
    with inside(settings, CITY):
        place = office("honcho")
        for minutes, procedure in enumerate(
            ("IDO-03", "JUM-01", "IDO-02", "JUM-01", "IDO-01", "INK-01", "KOS-01")
        ):
            clock.move_to(FRIDAY - timedelta(minutes=24 - 3 * minutes))
            arrivals.issue(place, [procedure], "kiosk")
        clock.move_to(FRIDAY - timedelta(minutes=4))
        arrivals.check_in(place, by_token(city.booking), "kiosk")
        clock.move_to(FRIDAY)


def residents(browser: Browser, address: str, city: DemoCity, folder: Path) -> None:
    """Every page of residents in both sizes."""
    mine = {name: f"/bookings/{city.booking}{part}" for name, part in MINE.items()}
    for size in SIZES:
        page = window(browser, address, size).new_page()
        for name, path in {**RESIDENT, **mine}.items():
            page.goto(path)
            page.screenshot(path=folder / f"{size}-{name}.png", full_page=True)


def staff(browser: Browser, address: str, city: DemoCity, folder: Path) -> None:
    """Every page of staff in both sizes; the desk with a visitor and a scanned form."""
    for size in SIZES:
        for person, pages in STAFF.items():
            page = window(browser, address, size).new_page()
            sign_in(page, person)
            if person is BEN:
                work(page, city)
                page.screenshot(path=folder / f"{size}-scanned.png")
            for name, path in pages.items():
                page.goto(path)
                page.screenshot(path=folder / f"{size}-{name}.png", full_page=person is not BEN)


def work(page: Page, city: DemoCity) -> None:
    """Take a place at a counter, and read the demo booking's code."""
    page.get_by_label("2番　引っ越し・世帯").check()
    page.get_by_role("button", name="ここで受け付ける").click()
    for wish in ("次を呼ぶ", "はじめる"):
        button = page.get_by_role("button", name=wish)
        if button.count():
            button.first.click()
    page.locator("[data-scan]").fill(reference_text(derived(city.booking, "qr")))
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")


def sign_in(page: Page, person: Person) -> None:
    """With the password of the tests."""
    page.goto("/staff/sign-in")
    page.get_by_label("利用者名").fill(person.username)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()


def window(browser: Browser, address: str, size: str) -> BrowserContext:
    """A Japanese browser of one size."""
    width, height = {**SIZES, **HALL}[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        base_url=address,
    )
    context.clock.install(time=now())
    return context


def hall(browser: Browser, address: str, settings: Settings, folder: Path) -> None:
    """The board, a kiosk, a walk-in's phone and the page of waits, while two counters call."""
    with inside(settings, CITY):
        place = office("honcho")
        held = arrivals.issue(place, ["JUM-01"], "kiosk")
        calling.call_next(place, "1", "ai")
        code = devices.new_code("kiosk", "honcho", "aya", "正面玄関")
    board = window(browser, address, "board").new_page()
    board.goto("/board/honcho?voice=off")
    board.wait_for_selector("body[data-answered]", state="attached")
    board.screenshot(path=folder / "board.png")
    phone = window(browser, address, "phone").new_page()
    for name, path in {"waiting": f"/tickets/{held.token}", "now": "/now/honcho"}.items():
        phone.goto(path)
        phone.screenshot(path=folder / f"phone-{name}.png", full_page=True)
    kiosk = window(browser, address, "kiosk").new_page()
    kiosk.goto("/kiosk/")
    kiosk.locator("#code").fill(code)
    kiosk.get_by_role("button", name="登録する").click()
    kiosk.get_by_text("管理者の許可を待っています").wait_for()
    with inside(settings, CITY):
        devices.approve(enrolled.everything()[0].id, "aya")
    kiosk.get_by_text("ご用件を押してください").wait_for()
    kiosk.screenshot(path=folder / "kiosk.png")


def front(folder: Path) -> None:
    """front.png: what a resident sees on the phone, beside what the counter sees."""
    side_by_side(folder / "front.png", 768, [folder / "phone-booking.png", folder / "desktop-scanned.png"])


def front_yard(folder: Path) -> None:
    """hall.png: a walk-in's phone, the kiosk and the board."""
    side_by_side(
        folder / "hall.png", 768, [folder / "phone-waiting.png", folder / "kiosk.png", folder / "board.png"]
    )


def top(to: Path, page: Path, height: int) -> None:
    """The upper part of a long page, as wide as a document."""
    picture: Image.Image = Image.open(page)
    part = picture.convert("RGB").crop((0, 0, picture.width, height))
    size = (1100, round(1100 * height / picture.width))
    part.resize(size, Image.Resampling.LANCZOS).quantize(256, dither=Image.Dither.NONE).save(
        to, optimize=True
    )


def side_by_side(to: Path, height: int, pictures: list[Path]) -> None:
    """Pictures of one height beside each other: a long page is cut at its end, a larger screen is made smaller."""
    parts = []
    for path in pictures:
        picture: Image.Image = Image.open(path)
        if picture.width > SIZES["phone"][0]:
            picture = picture.resize(
                (picture.width * height // picture.height, height), Image.Resampling.LANCZOS
            )
        parts.append(picture.crop((0, 0, picture.width, height)))
    canvas = Image.new("RGB", (sum(one.width for one in parts) + 24 * (len(parts) - 1), height), "#e6f5ec")
    left = 0
    for one in parts:
        canvas.paste(one, (left, 0))
        left += one.width + 24
    canvas.quantize(128).save(to, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/pictures"))
