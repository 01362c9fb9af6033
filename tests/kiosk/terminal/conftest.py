"""A terminal in the city hall: without a browser (it signs all the same), and in a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from models.core.settings import Settings
from models.operations import devices
from tests.chromium import launched, served
from tests.conftest import START, inside
from tests.kiosk.browser_key import Terminal, let_in

UPRIGHT, ACROSS = (1080, 1920), (1920, 1080)
NEW_KEY = "async () => (await import('/kiosk/static/terminal/store.js')).newKey()"
HOME = "ご用件を押してください"


@pytest.fixture
def terminal(app: Flask, settings: Settings) -> Terminal:
    return let_in(app, settings)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as running:
        yield running


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as at:
        yield at


def enrol(tab: Any, address: str, settings: Settings, office: str = "honcho") -> None:
    """Let this browser in as a kiosk with a key that it made itself, without anybody who types and presses."""
    tab.goto(f"{address}/kiosk/enrol/state")
    key = tab.evaluate(NEW_KEY)
    with inside(settings):
        made = devices.enrol(devices.new_code("kiosk", office, "aya", "正面玄関"), key)
        devices.approve(made.number, "aya")
    kept = {"name": "device", "value": made.token, "url": address, "httpOnly": True, "sameSite": "Strict"}
    tab.context.add_cookies([kept])
    tab.goto(f"{address}/kiosk/")
    tab.get_by_text(HOME).wait_for(timeout=40000)


def watched(tab: Any) -> Any:
    """A page that keeps what went wrong in it."""
    tab.problems = []
    tab.on("pageerror", lambda error: tab.problems.append(str(error)))
    tab.on("dialog", lambda dialog: tab.problems.append(dialog.message))
    return tab


@pytest.fixture
def kiosk(browser: Any, address: str, settings: Settings) -> Iterator[Callable[..., Any]]:
    """Open a kiosk: `kiosk()` gives its page on the home screen; its clock says what ours says."""
    contexts = []

    def opened(size: tuple[int, int] = UPRIGHT, office: str = "honcho", script: str = "") -> Any:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="ja-JP", base_url=address, has_touch=True
        )
        contexts.append(context)
        if script:
            context.add_init_script(script)
        tab = watched(context.new_page())
        tab.clock.install(time=START.astimezone(UTC))
        enrol(tab, address, settings, office)
        return tab

    yield opened
    for context in contexts:
        context.close()


def at(tab: Any) -> datetime:
    """What the page's clock says."""
    return datetime.fromtimestamp(tab.evaluate("Date.now()") / 1000, UTC)
