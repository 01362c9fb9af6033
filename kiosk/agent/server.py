"""The agent's small door on this machine: loopback only, for one origin and one paired page, in JSON.

GET /status · POST /pair {code} · POST /jobs {job, slip, again} · GET /jobs/ID
POST /card/tries {way} · POST /card {way, code}: the four basic items of a card, where the terminal has a reader
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kiosk.agent.card.desk import CardDesk
from kiosk.agent.card.trouble import CardTrouble
from kiosk.agent.desk import Desk
from kiosk.agent.journal import Entry
from kiosk.agent.pairing import Pairing
from models.papers.slip import NotASlip

LARGEST = 65_536
LOOPBACK = ("127.0.0.1", "localhost")
SHOWN = {"started": "printing"}
PERMITTED = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Allow-Private-Network": "true",
    "Access-Control-Max-Age": "600",
}


class NotLoopback(ValueError):
    """The agent listens to its own machine only."""


class Refused(Exception):
    """Answered with a status and a word."""

    def __init__(self, status: int, word: str) -> None:
        """`word` is for the page."""
        super().__init__(word)
        self.status, self.word = status, word


@dataclass(frozen=True)
class House:
    """What the door stands before: a printer, a card reader, or both."""

    desk: Desk | None
    pairing: Pairing
    origins: frozenset[str]
    card: CardDesk | None = None


class Agent(ThreadingHTTPServer):
    """Listens on loopback until it is shut down."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int, house: House) -> None:
        """Bind; raises OSError where the port is taken, `NotLoopback` for any other host."""
        if host not in LOOPBACK:
            raise NotLoopback(host)
        self.house = house
        super().__init__((host, port), Door)


class Door(BaseHTTPRequestHandler):
    """One request."""

    server: Agent
    protocol_version = "HTTP/1.1"
    timeout = 60
    server_version = "agent"
    sys_version = ""

    def do_OPTIONS(self) -> None:
        """A browser asks whether the page may ask."""
        try:
            self._check_host()
            self._check_origin()
        except Refused as refusal:
            self._say(refusal.status, {"error": refusal.word})
            return
        self._say(204, None, PERMITTED)

    def do_GET(self) -> None:
        """The printer's state, or a job's."""
        self._answer({"/status": self._status}.get(self.path, self._job))

    def do_POST(self) -> None:
        """Pair, print, or read a card."""
        asked = {"/pair": self._pair, "/jobs": self._print, "/card": self._read, "/card/tries": self._tries}
        self._answer(asked.get(self.path, _nothing))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a line for every slip would tell who came when."""

    def _answer(self, act: Any) -> None:
        try:
            self._check_host()
            self._check_origin()
            body = self._body() if self.command == "POST" else {}
            if act != self._pair:
                self._check_secret()
            self._say(200, act(body))
        except Refused as refusal:
            self._say(refusal.status, {"error": refusal.word})
        except NotASlip:
            self._say(422, {"error": "not a slip"})
        except CardTrouble as trouble:
            left = {} if trouble.tries is None else {"tries": trouble.tries}
            self._say(409, {"error": trouble.word, **left})

    def _status(self, _: dict[str, Any]) -> dict[str, Any]:
        house = self.server.house
        problem = house.desk.problem() if house.desk else "no_printer"
        return {"ready": not problem, "problem": problem, **({"card": True} if house.card else {})}

    def _pair(self, body: dict[str, Any]) -> dict[str, Any]:
        secret = self.server.house.pairing.pair(str(body.get("code", "")))
        if secret is None:
            raise Refused(403, "code")
        return {"secret": secret}

    def _print(self, body: dict[str, Any]) -> dict[str, Any]:
        job, desk = body.get("job"), self.server.house.desk
        if desk is None:
            raise Refused(404, "printer")
        if not isinstance(job, str):
            raise Refused(400, "job")
        return _shown(desk.take(job, body.get("slip"), body.get("again") is True))

    def _tries(self, body: dict[str, Any]) -> dict[str, Any]:
        return self._card().tries(body)

    def _read(self, body: dict[str, Any]) -> dict[str, Any]:
        return self._card().read(body)

    def _card(self) -> CardDesk:
        found = self.server.house.card
        if found is None:
            raise Refused(404, "card")
        return found

    def _job(self, _: dict[str, Any]) -> dict[str, Any]:
        desk = self.server.house.desk
        found = desk.state(self.path.removeprefix("/jobs/")) if desk else None
        if found is None:
            raise Refused(404, "job")
        return _shown(found)

    def _check_host(self) -> None:
        """Another name for this machine may be a page's trick to be of the same origin."""
        name, _, port = self.headers.get("Host", "").partition(":")
        if name not in LOOPBACK or port != str(self.server.server_address[1]):
            self.close_connection = True
            raise Refused(421, "host")

    def _check_origin(self) -> None:
        if self.headers.get("Origin") not in self.server.house.origins:
            self.close_connection = True
            raise Refused(403, "origin")

    def _check_secret(self) -> None:
        scheme, _, secret = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not self.server.house.pairing.knows(secret):
            raise Refused(401, "secret")

    def _body(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST:
            self.close_connection = True
            raise Refused(413, "length")
        sent = self.rfile.read(int(length))
        if self.headers.get_content_type() != "application/json":
            raise Refused(415, "type")
        try:
            body = json.loads(sent)
        except (ValueError, RecursionError):
            raise Refused(400, "json") from None
        if not isinstance(body, dict):
            raise Refused(400, "json")
        return body

    def _say(self, status: int, body: dict[str, Any] | None, headers: dict[str, str] | None = None) -> None:
        sent = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        origin = self.headers.get("Origin", "")
        if origin in self.server.house.origins:
            self.send_header("Access-Control-Allow-Origin", origin)
        for name, value in {"Vary": "Origin", "Cache-Control": "no-store", **(headers or {})}.items():
            self.send_header(name, value)
        if body is not None:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)


def _shown(entry: Entry) -> dict[str, Any]:
    return {"job": entry.job, "state": SHOWN.get(entry.state, entry.state), "problem": entry.problem}


def _nothing(_: dict[str, Any]) -> dict[str, Any]:
    raise Refused(404, "address")
