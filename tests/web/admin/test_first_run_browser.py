"""A city that has not opened yet, in a real browser: the seven questions, and what residents read meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from models.operations import accounts
from models.rules.first_run import QUESTIONS
from tests.chromium import launched, served
from tests.web.admin.test_first_run import PAGE, New, app, made, new
from tests.web.pages.addresses import Stop
from tests.web.pages.conftest import watched
from tests.web.pages.sound import with_axe
from tests.web.pages.walking import passed
from tests.web.people import CHEAP, PASSWORD

pytestmark = pytest.mark.browser
__all__ = ["app", "made", "new"]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as at:
        yield at


@pytest.fixture
def browser() -> Iterator[Browser]:
    with launched() as running:
        yield running


def let_in(page: Page, code: str) -> None:
    """The first administrator, with the code that `maeniwa init` said."""
    page.goto("/staff/code")
    page.locator("[name=code]").fill(code)
    page.locator("[name=code]").press("Enter")
    page.wait_for_url("**/staff/password")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=again]").fill(PASSWORD)
    page.locator("[name=again]").press("Enter")
    page.wait_for_url(f"**{PAGE}")


def test_the_seven_questions_and_what_residents_read_meanwhile_are_sound(
    browser: Browser, address: str, new: New
) -> None:
    context = with_axe(browser.new_context(base_url=address, locale="ja-JP", reduced_motion="reduce"))
    page, problems = watched(context)
    wrong = passed(page, problems, Stop("nobody", "/"), 14)
    with patch.object(accounts, "_hasher", CHEAP):
        let_in(page, new.code)
    for nth, question in enumerate(("", *QUESTIONS)):
        wrong += passed(page, problems, Stop("administrator", PAGE + question), nth)
    assert wrong == []
    context.close()
