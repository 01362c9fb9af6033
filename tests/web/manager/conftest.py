"""A manager's browser in the tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.core.settings import Settings
from models.operations import accounts
from tests.conftest import inside

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
Fill = Callable[[Callable[[], object]], None]


def browser(app: Flask, settings: Settings, role: str = "manager", office: str | None = None) -> FlaskClient:
    """A client that is let in as this role."""
    with inside(settings):
        token = accounts.issue_token(role, office, "test")
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def send(client: FlaskClient, page: str, to: str = "", /, **fields: Any) -> TestResponse:
    """Open a page and send a form of it."""
    found = TOKEN.search(client.get(page).text)
    assert found
    return client.post(to or page, data={"csrf_token": found[1], **fields})


def words(page: TestResponse) -> str:
    """A page's text without its markup, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


@pytest.fixture
def manager(app: Flask, settings: Settings) -> FlaskClient:
    """The manager of the whole city."""
    return browser(app, settings)


@pytest.fixture
def fill(app: Flask, settings: Settings) -> Fill:
    """Do something in the city's space beside the web application."""

    def filled(act: Callable[[], object]) -> None:
        with inside(settings):
            act()

    return filled
