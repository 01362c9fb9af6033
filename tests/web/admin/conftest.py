"""An administrator who has signed in."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.core.settings import Settings
from tests.web.people import AYA, employ, sign_in


@pytest.fixture
def aya(app: Flask, settings: Settings) -> FlaskClient:
    employ(settings, AYA)
    return sign_in(app, AYA)
