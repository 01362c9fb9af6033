"""Push, LINE, SMS and webhooks against servers on the loopback; I11: nobody is led into the inside of a network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from models.operations.channels import _new_pair
from models.queries.letters import Letter
from scheduler import guarded_connections
from scheduler.senders import calls
from scheduler.senders.line import Line
from scheduler.senders.push import Push
from scheduler.senders.sms import Sms
from scheduler.senders.webhook import Webhook
from tests.chromium import POLL

LOCAL = frozenset({"127.0.0.1"})
SECRET = "0123456789abcdef0123456789abcdef"


@dataclass
class Listener:
    """What was asked of a server, which answers with `status`."""

    url: str = ""
    status: int = 200
    location: str = ""
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def other() -> Iterator[Listener]:
    """Another system, on this machine."""
    made = Listener()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.asked.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(made.status)
            if made.location:
                self.send_header("Location", made.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, args=[POLL], daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}/in"
    yield made
    server.shutdown()
    server.server_close()


def letter(to: str = "") -> Letter:
    return Letter(
        1, "<abc@city.example.jp>", "come", "ja", datetime(2026, 11, 24, tzinfo=UTC), to, "A012番の方", "3番窓口へ\n",
        "https://a.example.jp/tickets/T", facts={"kind": "come", "office": "honcho", "number": "A012"},
    )  # fmt: skip


def plain(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_webhook_is_signed_and_tells_no_address_or_link(other: Listener) -> None:
    assert Webhook({"url": other.url, "secret": SECRET}, LOCAL).send(letter("a@example.jp")).what == "sent"
    ((_, headers, body),) = other.asked
    expected = hmac.new(SECRET.encode(), f"{headers['maeniwa-timestamp']}.".encode() + body, hashlib.sha256)
    assert headers["maeniwa-signature"] == f"sha256={expected.hexdigest()}"
    assert json.loads(body)["number"] == "A012"
    assert b"example.jp" not in body


def test_line_and_sms_say_at_every_try_that_it_is_the_same_message(other: Listener) -> None:
    line = Line({"token": "t", "url": other.url}, LOCAL)
    assert [line.send(letter("U1")).what for _ in range(2)] == ["sent", "sent"]
    assert len({headers["x-line-retry-key"] for _, headers, _ in other.asked}) == 1
    assert other.asked[0][1]["authorization"] == "Bearer t"
    other.status = 409
    assert line.send(letter("U1")).what == "sent"
    other.status = 200
    assert (
        Sms({"url": other.url, "token": "t", "sender": "city"}, LOCAL).send(letter("+81312345678")).what
        == "sent"
    )
    told = json.loads(other.asked[-1][2])
    assert told["to"] == "+81312345678"
    assert told["text"] == "A012番の方\nhttps://a.example.jp/tickets/T"


@pytest.mark.parametrize(("status", "what"), [(500, "again"), (429, "again"), (400, "never"), (302, "never")])
def test_what_another_system_answers_decides(other: Listener, status: int, what: str) -> None:
    other.status, other.location = status, other.url + "/further" if status == 302 else ""
    assert Webhook({"url": other.url, "secret": SECRET}, LOCAL).send(letter()).what == what
    assert [path for path, _, _ in other.asked] == ["/in"]


def browser(url: str) -> tuple[str, ec.EllipticCurvePrivateKey, bytes]:
    """A push subscription, with the browser's own key and secret."""
    key, secret = ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef"
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return (
        json.dumps({"endpoint": url, "keys": {"p256dh": plain(public), "auth": plain(secret)}}),
        key,
        secret,
    )


def test_only_the_browser_reads_a_push_and_its_sender_is_proven(other: Listener) -> None:
    pair = _new_pair()
    to, key, secret = browser(other.url)
    other.status = 201
    assert Push({**pair, "contact": "it@city.example.jp"}, LOCAL).send(letter(to)).what == "sent"
    ((_, headers, body),) = other.asked
    told = json.loads(http_ece.decrypt(body, private_key=key, auth_secret=secret, version="aes128gcm"))
    assert told == {
        "title": "A012番の方", "body": "3番窓口へ", "url": "https://a.example.jp/tickets/T", "tag": "come",
    }  # fmt: skip
    given = dict(
        part.strip().split("=", 1) for part in headers["authorization"].removeprefix("vapid ").split(",")
    )
    assert given["k"] == pair["public_key"]
    head, claims, signature = given["t"].split(".")
    found = raw(signature)
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(given["k"])).verify(
        encode_dss_signature(int.from_bytes(found[:32], "big"), int.from_bytes(found[32:], "big")),
        f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()),
    )  # fmt: skip
    assert json.loads(raw(claims))["sub"] == "mailto:it@city.example.jp"


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_told_nothing_more(other: Listener, status: int) -> None:
    other.status = status
    outcome = Push({**_new_pair(), "contact": "it@city.example.jp"}, LOCAL).send(
        letter(browser(other.url)[0])
    )
    assert (outcome.what, outcome.gone) == ("never", True)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "169.254.169.254", "[::ffff:127.0.0.1]", "[::1]", "10.0.0.1", "0.0.0.0"],
)
def test_i11_no_address_inside_the_network_is_called(other: Listener, host: str) -> None:
    port = other.url.rpartition(":")[2]
    for scheme in ("http", "https"):
        outcome = calls.call(f"{scheme}://{host}:{port}", b"{}", {}, frozenset())
        assert (outcome.what, outcome.reason) == ("never", "address inside the network")
    assert other.asked == []


def test_i11_a_name_that_answers_differently_the_second_time_is_found_out(
    other: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded_connections, "resolved", lambda *_: frozenset({"203.0.114.1"}))
    port = other.url.rpartition(":")[2].partition("/")[0]
    outcome = calls.call(f"https://localhost:{port}/in", b"{}", {}, frozenset())
    assert (outcome.what, outcome.reason) == ("never", "address inside the network")
    assert other.asked == []


def test_i11_a_browser_that_says_it_is_inside_the_network_is_given_up_at_once(other: Listener) -> None:
    address = other.url.replace("http://127.0.0.1", "https://localhost")
    outcome = Push({**_new_pair(), "contact": "it@city.example.jp"}, frozenset()).send(
        letter(browser(address)[0])
    )
    assert (outcome.what, outcome.reason, outcome.gone) == ("never", "address inside the network", True)
    assert other.asked == []
