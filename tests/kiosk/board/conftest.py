"""A hall in which things happen, and its boards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.core.settings import Settings
from models.operations import arrivals, calling, hall
from models.queries.offices import OfficeView, office
from tests.conftest import inside

PROCEDURE = {"A": "JUM-01", "B": "IDO-01", "C": "KOT-01", "F": "KOK-01"}
COUNTER = {"A": "1", "B": "2", "C": "3", "F": "5"}


class House:
    """One office's hall; every method is one thing that happens in it."""

    def __init__(self, settings: Settings, code: str = "honcho") -> None:
        """Nothing has happened yet."""
        self.settings = settings
        self.code = code

    @contextmanager
    def inside(self) -> Iterator[OfficeView]:
        """Work on the office itself."""
        with inside(self.settings):
            yield office(self.code)

    def issue(self, queue: str = "A") -> str:
        """Somebody takes a number."""
        with self.inside() as place:
            return arrivals.issue(place, [PROCEDURE[queue]], "test").number

    def step(self, number: str, *actions: Any, counter: str | None = None) -> None:
        """A counter takes steps with a number."""
        with self.inside() as place:
            for action in actions:
                calling.step(place, number, action, "test", counter or COUNTER[number[0]])

    def call(self, queue: str = "A", counter: str | None = None) -> str:
        """Somebody takes a number and is called at once; whoever was at the counter is done."""
        number = self.issue(queue)
        self.step(number, "call", counter=counter)
        return number

    def serve(self, queue: str = "A") -> str:
        """Somebody is called, served, and gone."""
        number = self.call(queue)
        self.step(number, "start", "finish")
        return number

    def deliver(self, queue: str = "A") -> str:
        """Somebody is called a second time, to the hand-over."""
        number = self.call(queue)
        self.step(number, "start", "back_office", "deliver")
        return number

    def miss(self, queue: str = "A") -> str:
        """Somebody is called and does not come."""
        number = self.call(queue)
        self.step(number, "absent")
        return number

    def stop(self, notice: str = "") -> None:
        """No more numbers today."""
        with self.inside() as place:
            hall.stop_issuing(place, "test")
            if notice:
                hall.set_notice(place, notice, "test")


@pytest.fixture
def house(app: Flask, settings: Settings) -> House:
    return House(settings)


@pytest.fixture
def told(client: FlaskClient) -> Any:
    """What a board is told: the state as JSON."""
    return lambda query="", code="honcho": client.get(f"/board/{code}/state{query}").get_json()
