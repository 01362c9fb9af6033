"""The terminal's own camera, in a real browser whose camera shows a film of a real QR code."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from models.core.settings import Settings
from tests.camera import filmed, showing
from tests.chromium import launched
from tests.conftest import START
from tests.kiosk.terminal.conftest import UPRIGHT, enrol
from tests.web.counter.conftest import TODAY, Hall

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]


def test_a_code_that_is_filmed_checks_in(app: Any, address: str, settings: Settings, tmp_path: Path) -> None:
    film = filmed(Hall(app, settings).book(TODAY).code, tmp_path / "code.y4m")
    with launched(*showing(film)) as browser:
        tab = browser.new_page(
            base_url=address, locale="ja-JP", viewport={"width": UPRIGHT[0], "height": UPRIGHT[1]}
        )
        tab.clock.install(time=START.astimezone(UTC))
        enrol(tab, address, settings)
        tab.locator(".screen").get_by_text("QRコードで受付", exact=True).first.click()
        playwright.expect(tab.locator("h1")).to_contain_text("受付しました", timeout=20000)
        assert tab.locator(".big").inner_text() == "R001"
