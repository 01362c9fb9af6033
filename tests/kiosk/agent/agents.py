"""Real agents for tests: processes that are started, asked over HTTP as a page asks, killed and always ended."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.papers.slips import TICKET

ORIGIN = "https://yoyaku.city.maeniwa.lg.jp"
PATIENCE = 40


@dataclass
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Agent:
    """A running agent."""

    process: subprocess.Popen[str]
    port: int
    code: str
    secret: str = ""
    origin: str = ORIGIN

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request as the paired page makes it; `headers` replace its own, empty ones are left out."""
        sent = {
            "Origin": self.origin,
            "Authorization": f"Bearer {self.secret}",
            "Content-Type": "application/json",
        }
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            text = body if isinstance(body, str | bytes) else json.dumps(body) if body is not None else None
            line.request(method, path, text, {name: value for name, value in sent.items() if value})
            answer = line.getresponse()
            raw = answer.read()
            return Answer(answer.status, json.loads(raw) if raw else None, dict(answer.getheaders()))
        finally:
            line.close()

    def pair(self) -> None:
        """Type the code that it shows."""
        self.secret = self.call("POST", "/pair", {"code": self.code}, Authorization="").body["secret"]

    def print(self, job: str, slip: Any = None, again: bool = False) -> tuple[str, str]:
        """Ask for a slip; state and problem."""
        asked = {"job": job, "slip": TICKET.as_json() if slip is None else slip, "again": again}
        body = self.call("POST", "/jobs", asked).body
        return body["state"], body["problem"]

    def print_in_background(self, job: str) -> threading.Thread:
        """The same, while the test does something to the agent or the printer."""

        def ask() -> None:
            try:
                self.print(job)
            except (OSError, http.client.HTTPException):
                return

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        return thread

    def state(self, job: str) -> tuple[str, str]:
        """What it knows of a job."""
        body = self.call("GET", f"/jobs/{job}").body
        return body["state"], body["problem"]

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait(PATIENCE)


def command(*arguments: str) -> list[str]:
    """The agent as a program."""
    return [sys.executable, "-m", "kiosk.agent", *arguments]


@contextmanager
def agent(printer: str, folder: Path, *more: str, secret: str = "", origin: str = ORIGIN) -> Iterator[Agent]:
    """A running agent for `printer` that remembers in `folder`; a second one there needs the first one's `secret`."""
    arguments = ["--printer", printer, "--listen", "127.0.0.1:0", "--origin", origin, "--folder", str(folder)]
    process = subprocess.Popen(command(*arguments, *more), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        port = int(first.split()[2].rsplit(":", 1)[1])
        made = Agent(process, port, "", secret, origin)
        if not secret:
            made.code = process.stdout.readline().split()[2]
            made.pair()
        yield made
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()
