"""The applications that tests share carry nothing from one test into another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from freezegun.api import FrozenDateTimeFactory

from models.core import settings as core_settings
from models.core.settings import Settings
from tests.applications import Applications, shape
from tests.conftest import CITY
from tests.web.people import BEN, employ, sign_in
from web.account.security import limiter
from web.municipality import MunicipalityPath

SIGN_IN = "/staff/sign-in"


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    """What is kept is the same on both."""
    return str(request.param)


@pytest.fixture
def applications(clock: FrozenDateTimeFactory) -> Applications:
    return Applications()


def test_the_same_one_serves_test_after_test(applications: Applications, settings: Settings) -> None:
    with applications.of(settings) as one:
        assert one.test_client().get("/").status_code == 200
    with applications.of(settings) as other:
        assert other is one
        assert other.test_client().get("/").status_code == 200


def test_of_two_at_once_each_is_its_own(applications: Applications, settings: Settings) -> None:
    with applications.of(settings) as one, applications.of(settings) as other:
        assert one is not other


@pytest.mark.parametrize(
    "change",
    [{"side": "inside"}, {"secure_cookies": True}, {"default_municipality": CITY}, {"rate_limits": False}],
)
def test_other_settings_are_another_one(
    applications: Applications, settings: Settings, change: dict[str, Any]
) -> None:
    with applications.of(settings) as one:
        pass
    with applications.of(replace(settings, **change)) as other:
        assert other is not one


def route(app: Flask) -> None:
    app.add_url_rule("/planted", "planted", lambda: "planted")


def hook(app: Flask) -> None:
    app.after_request_funcs.setdefault(None, []).append(lambda response: response)


def view(app: Flask) -> None:
    app.view_functions["health.alive"] = lambda: "planted"


def setting(app: Flask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = True


def word(app: Flask) -> None:
    app.jinja_env.globals["asset"] = str


def refusal(app: Flask) -> None:
    app.register_error_handler(KeyError, lambda _: ("planted", 500))


def middleware(app: Flask) -> None:
    app.wsgi_app = MunicipalityPath(app.wsgi_app)  # type: ignore[method-assign]


@pytest.mark.parametrize("change", [route, hook, view, setting, word, refusal, middleware])
def test_one_that_was_changed_is_not_used_again(
    applications: Applications, settings: Settings, change
) -> None:
    with applications.of(settings) as one:
        change(one)
    with applications.of(settings) as other:
        assert other is not one
        assert other.test_client().get("/health/alive").text != "planted"


def test_it_stands_on_the_ground_of_the_test_alone(
    applications: Applications, settings: Settings, tmp_path: Path
) -> None:
    employ(settings, BEN)
    with applications.of(settings) as app:
        client = sign_in(app, BEN)
        assert client.get("/counter/").status_code in (200, 303)
        cookie = client.get_cookie("session")
    elsewhere = replace(core_settings.load(tmp_path / "elsewhere", {}), log_level="error")
    with applications.of(elsewhere) as other:
        assert other is app
        assert other.test_client().get("/").status_code == 503, "no city was opened there"
        assert other.config["SECRET_KEY"] == elsewhere.secret_key != settings.secret_key
    with applications.of(settings) as back:
        again = back.test_client()
        again.set_cookie("session", cookie.value)
        assert again.get("/counter/").status_code in (200, 303)


def test_what_one_test_counted_the_next_one_does_not(applications: Applications, settings: Settings) -> None:
    with applications.of(settings) as app:
        assert limiter.storage.incr("wrong passwords", 60) == 1
    with applications.of(replace(settings, rate_limits=False)):
        assert not limiter.enabled
    with applications.of(settings) as same:
        assert same is app
        assert limiter.enabled
        assert limiter.storage.get("wrong passwords") == 0


def test_serving_changes_nothing_of_it(applications: Applications, settings: Settings) -> None:
    with applications.of(settings) as app:
        made = shape(app)
        for address in ("/", SIGN_IN, "/api/v1/openapi.json", "/nothing", "/board/honcho", "/metrics"):
            app.test_client().get(address)
        assert shape(app) == made
