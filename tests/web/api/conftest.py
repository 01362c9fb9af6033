"""Fixtures of the API's tests."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.core.settings import Settings
from tests.web.api.calls import Calls, issue_tokens


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """SQLite; a test that is marked `BOTH` runs on PostgreSQL too."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def calls(app: Flask, client: FlaskClient, settings: Settings) -> Calls:
    """The API of the demo municipality, with a token of every audience."""
    return Calls(client, issue_tokens(settings))
