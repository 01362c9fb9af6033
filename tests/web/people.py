"""The people of the web tests, and how a browser of theirs works: forms with their hidden fields, signing in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext
from werkzeug.test import TestResponse

from models.core.settings import Settings
from models.operations import accounts
from tests.conftest import CITY, inside

PASSWORD = "niwa no ishi wa shizuka"
CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""Hashes that cost nothing; a hash says by itself how dear it was."""
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Person:
    """A staff account of the tests."""

    username: str
    role: str
    office: str | None = "honcho"


BEN = Person("ben", "counter")
KEIKO = Person("keiko", "concierge")
CHIE = Person("chie", "manager")
AYA = Person("aya", "administrator", None)
EVERYBODY = (BEN, KEIKO, CHIE, AYA)


def employ(settings: Settings, *people: Person, city: str = CITY) -> None:
    """Give these people accounts with the password of the tests."""
    with inside(settings, city), patch.object(accounts, "_hasher", CHEAP):
        for person in people:
            accounts.invite(person.username, person.username.title(), person.role, person.office, "test")
            accounts.set_password(person.username, PASSWORD)


def token_of(page: TestResponse) -> str:
    """The hidden token of a page's forms."""
    found = TOKEN.search(page.text)
    assert found, page.text[:500]
    return found[1]


def post(client: FlaskClient, page: str, to: str, **fields: Any) -> TestResponse:
    """Open a page and send one of its forms."""
    return client.post(to, data={"csrf_token": token_of(client.get(page)), **fields})


def sign_in(app: Flask, person: Person, prefix: str = "") -> FlaskClient:
    """A browser in which this person has just signed in."""
    client = app.test_client()
    page = f"{prefix}/staff/sign-in"
    answer = post(client, page, page, username=person.username, password=PASSWORD)
    assert answer.status_code == 303, answer.text
    return client


def let_in(context: BrowserContext, person: Person, place: str = "", address: str = "") -> None:
    """Sign in with a real browser's own requests, and sit down at a place, without its showing a page."""
    known = {"username": person.username, "password": PASSWORD}
    for page, boxes in (
        ("/staff/sign-in", known),
        *([("/counter/place", {"place": place})] if place else []),
    ):
        token = TOKEN.search(context.request.get(address + page).text())
        assert token, page
        answer = context.request.post(address + page, form={"csrf_token": token[1], **boxes}, max_redirects=0)
        assert answer.status == 303, answer.text()
