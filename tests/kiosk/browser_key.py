"""The key of a browser, for tests without a browser: it signs requests as the terminal's page does."""

from __future__ import annotations

import base64
import itertools
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.core.settings import Settings
from models.operations import devices
from models.operations.devices import Welcomed
from models.rules.device_signature import Request, said
from models.rules.entry import SIGNATURE
from tests.conftest import inside


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class BrowserKey:
    """A P-256 key; `stamps` are the counters that it signs with, one after the other."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    stamps: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def open(self) -> str:
        return text(self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def header(self, request: Request, stamp: int | None = None) -> str:
        stamp = next(self.stamps) if stamp is None else stamp
        made = decode_dss_signature(self.private.sign(said(request, stamp), ec.ECDSA(SHA256())))
        return f"{stamp}.{text(b''.join(part.to_bytes(32, 'big') for part in made))}"


@dataclass
class Terminal:
    """A browser that was let in as a kiosk."""

    client: FlaskClient
    key: BrowserKey
    made: Welcomed

    def signed(self, address: str, body: str = "", stamp: int | None = None) -> dict[str, str]:
        header = self.key.header(Request("POST", address, body.encode()), stamp)
        return {SIGNATURE: header, "X-Kiosk": "1"}

    def post(self, address: str, headers: dict[str, str] | None = None, **boxes: Any) -> TestResponse:
        body = urlencode(boxes, doseq=True)
        return self.client.post(
            address,
            data=body,
            content_type="application/x-www-form-urlencoded",
            headers=self.signed(address, body) if headers is None else headers,
        )

    def get(self, address: str) -> TestResponse:
        return self.client.get(address, headers={"X-Kiosk": "1"})


def let_in(app: Flask, settings: Settings, office: str = "honcho", kind: str = "kiosk") -> Terminal:
    """A fresh browser, enrolled and approved."""
    key = BrowserKey()
    with inside(settings):
        made = devices.enrol(devices.new_code(kind, office, "aya"), key.open)
        devices.approve(made.number, "aya")
    client = app.test_client()
    client.set_cookie("device", made.token, path="/")
    return Terminal(client, key, made)
