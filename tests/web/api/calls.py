"""How the API's tests call it: as residents, a kiosk, a counter and a manager of the demo municipality."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import zxingcpp
from flask.testing import FlaskClient
from PIL import Image

from models.catalogue.loader import load
from models.core.settings import Settings
from models.operations import accounts
from models.rules.forms.json_schema import example
from tests.conftest import CITY, inside

BASE = "/api/v1"
AIKO = {"name": "まえにわ あいこ", "email": "aiko@example.jp"}
MY_NUMBER = "123456789018"
PROBLEM = "application/problem+json"
UNKNOWN = "A" * 32
"""A token with the right shape that nobody holds."""


@dataclass(frozen=True)
class Tokens:
    """Credentials of one office (`other_` of another one)."""

    counter: str
    manager: str
    kiosk: str
    other_counter: str


def issue_tokens(
    settings: Settings, city: str = CITY, office: str = "honcho", other: str = "higashi"
) -> Tokens:
    """Bearer and device tokens, as an administrator gives them out."""
    with inside(settings, city):
        return Tokens(
            accounts.issue_token("counter", office, "test"),
            accounts.issue_token("manager", office, "test"),
            accounts.enrol_device("kiosk", office, "test"),
            accounts.issue_token("counter", other, "test"),
        )


class Calls:
    """A client that speaks the contract."""

    def __init__(self, client: FlaskClient, tokens: Tokens, base: str = BASE) -> None:
        self.client, self.tokens, self.base = client, tokens, base

    def send(self, method: str, path: str, who: str = "", **options: Any) -> Any:
        """One call; `who` is the name of one of the tokens."""
        headers = dict(options.pop("headers", {}))
        if who:
            headers["Authorization"] = f"Bearer {getattr(self.tokens, who)}"
        address = path if path.startswith("http") else self.base + path
        return self.client.open(address, method=method, headers=headers, **options)

    def open(self, address: str, **options: Any) -> Any:
        """A whole address, as an answer gave it."""
        return self.client.get(address, **options)

    def get(self, path: str, who: str = "", **options: Any) -> Any:
        return self.send("GET", path, who, **options)

    def post(self, path: str, body: Any = None, who: str = "", **options: Any) -> Any:
        if body is not None:
            options["json"] = body
        return self.send("POST", path, who, **options)

    def free(self, *procedures: str, office: str = "honcho", **span: str) -> list[str]:
        """The beginnings on offer."""
        query = {"procedure": list(procedures or ("JUM-01",)), **span}
        found = self.get(f"/offices/{office}/slots", query_string=query)
        assert found.status_code == 200, found.text
        return [slot["starts_at"] for slot in found.json or []]

    def book(self, starts_at: str = "", *procedures: str, **more: Any) -> Any:
        """Book; the first free beginning when none is named."""
        chosen = list(procedures or ("JUM-01",))
        headers = more.pop("headers", {})
        body = {
            "procedures": chosen,
            "starts_at": starts_at or self.free(*chosen)[0],
            "contact": AIKO,
            **more,
        }
        return self.post("/offices/honcho/bookings", body, headers=headers)

    def booked(self, *procedures: str) -> dict[str, Any]:
        """A booking as it was answered."""
        made = self.book("", *procedures)
        assert made.status_code == 201, made.text
        return dict(made.json or {})

    def file(self, form: str = "F01", **more: Any) -> Any:
        """File the form's own example."""
        headers = more.pop("headers", {})
        return self.post(
            "/offices/honcho/applications", {"form": form, "fields": answers(form), **more}, headers=headers
        )


def answers(form: str) -> dict[str, Any]:
    """The smallest answers that are accepted."""
    return example(load().forms[form])


def decoded(picture: bytes) -> str:
    """What a scanner of another make reads from a PNG."""
    read = zxingcpp.read_barcode(Image.open(BytesIO(picture)))
    assert read is not None
    return read.text


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem details of a refusal."""
    assert response.status_code == status, response.text
    assert response.mimetype == PROBLEM
    body = dict(response.json or {})
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def named(response: Any) -> list[str]:
    """The fields that a 422 names."""
    return [part["field"] for part in problem(response, 422)["errors"]]
