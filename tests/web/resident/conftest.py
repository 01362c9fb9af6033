"""A phone that has opened the city's first page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.resident.phone import Phone, Sent

ONE: Sent = {"name": "マエニワ　ハナコ", "phone": "090-1234-5678"}


@pytest.fixture
def phone(client: FlaskClient) -> Phone:
    return Phone(client)


def booked(phone: Phone, *procedures: str, cards: int = 0, nth: int = 3) -> str:
    """Book these procedures at the first office; the address of the booking's page."""
    query = "&".join(f"procedure={code}" for code in procedures)
    phone.open(f"/book/?{query}&cards={cards}&office=honcho")
    phone.submit(phone.buttons("starts_at")[nth])
    phone.press("内容の確認へ進む", ONE).press("この内容で予約する")
    assert phone.heading == "予約ができました"
    return phone.address
