"""Guessing passwords: every failure is counted, ten close the account for a quarter of an hour."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.core.clock import now
from models.core.settings import Settings
from models.operations import accounts
from models.queries import staff
from tests.conftest import inside
from tests.web.people import BEN, CHEAP, PASSWORD, employ, post, token_of
from web.account import credentials

PAGE = "/staff/sign-in"


def failures(settings: Settings) -> int:
    with inside(settings):
        return staff.failing("ben", now() - timedelta(minutes=15))


def guess(client: FlaskClient, username: str = "ben", password: str = "wrong") -> int:
    return post(client, PAGE, PAGE, username=username, password=password).status_code


@pytest.fixture
def ben(settings: Settings, clock: object, monkeypatch: pytest.MonkeyPatch) -> None:
    employ(settings, BEN)
    monkeypatch.setattr(credentials, "_nobodys", lambda: CHEAP.hash("nobody's"))


@pytest.mark.usefixtures("ben")
def test_parallel_guesses_are_all_counted(app: Flask, settings: Settings) -> None:
    with patch.object(accounts, "FAILURES", 1000):
        clients = [app.test_client() for _ in range(40)]
        tokens = [token_of(client.get(PAGE)) for client in clients]

        def go(place: int) -> int:
            fields = {"csrf_token": tokens[place], "username": "ben", "password": f"wrong {place}"}
            return clients[place].post(PAGE, data=fields).status_code

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(go, range(40)))
    assert answers == [401] * 40
    assert failures(settings) == 40


@pytest.mark.usefixtures("ben")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
class TestLockout:
    def test_ten_failures_close_the_account_even_to_the_right_password(self, client, app, clock):
        assert [guess(client) for _ in range(10)] == [401] * 10
        refused = post(app.test_client(), PAGE, PAGE, username="ben", password=PASSWORD)
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "900"
        assert "15分ほど待ってください" in refused.text
        clock.tick(timedelta(minutes=15, seconds=1))
        assert guess(client, password=PASSWORD) == 303

    def test_a_right_password_forgets_the_failures(self, client, app, settings):
        assert [guess(client) for _ in range(9)] == [401] * 9
        assert guess(app.test_client(), password=PASSWORD) == 303
        assert failures(settings) == 0
        assert [guess(client) for _ in range(9)] == [401] * 9

    def test_a_name_that_does_not_exist_is_closed_in_the_same_way(self, client):
        pages = {}
        for name in ("ben", "nobody"):
            assert [guess(client, name) for _ in range(10)] == [401] * 10
            closed = post(client, PAGE, PAGE, username=name, password="wrong")
            pages[name] = (closed.status_code, closed.headers["Retry-After"], closed.text)
        assert pages["ben"] == pages["nobody"]

    def test_one_address_that_tries_many_names_is_stopped(self, client):
        answers = [guess(client, f"name-{number}") for number in range(51)]
        assert answers == [401] * 50 + [429]

    def test_a_forwarded_address_that_the_client_claims_does_not_help(self, client):
        for number in range(50):
            assert guess(client, f"name-{number}") == 401
        fields = {"csrf_token": token_of(client.get(PAGE)), "username": "x", "password": "y"}
        claimed = {"X-Forwarded-For": "192.0.2.9", "Client-IP": "192.0.2.9"}
        assert client.post(PAGE, data=fields, headers=claimed).status_code == 429

    def test_no_more_than_two_passwords_are_checked_at_once(self, client):
        with patch.object(credentials, "PATIENCE_SECONDS", 0.01):
            held = [credentials._turns.acquire(timeout=1) for _ in range(credentials.AT_ONCE)]
            assert held == [True, True]
            assert guess(client, password=PASSWORD) == 429
            for _ in held:
                credentials._turns.release()
        assert guess(client, password=PASSWORD) == 303
