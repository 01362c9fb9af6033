"""Real server processes on a real clock, and clients that press all at once."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.core.settings import Settings

ROOT = Path(__file__).parents[2]
START_SECONDS = 120.0
"""Only a limit: a machine with other things to do needs long to begin."""
PRODUCT = "wsgi:create_app"


@dataclass(frozen=True)
class Answer:
    """What a client got: status 0 when the connection broke."""

    status: int
    body: Any


@dataclass
class Server:
    """Some worker processes behind one port."""

    port: int
    process: subprocess.Popen[bytes]

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request; a broken connection is an answer too."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            connection.request(method, path, sent, {"Content-Type": "application/json", **headers})
            got = connection.getresponse()
            text = got.read()
            json_sent = "json" in got.getheader("Content-Type", "")
            return Answer(got.status, json.loads(text) if text and json_sent else text)
        except (OSError, http.client.HTTPException):
            return Answer(0, None)
        finally:
            connection.close()

    def kill(self) -> None:
        """kill -9 of the whole process group: no chance to finish anything."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def command(port: int, workers: int, app: str) -> list[str]:
    """How a server is started here: granian, as `maeniwa serve` does it."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", app,
        "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers), "--blocking-threads", "2",
        "--backlog", "2048", "--no-access-log", "--log-level", "critical",
    ]  # fmt: skip


@contextmanager
def running(settings: Settings, workers: int = 2, app: str = PRODUCT) -> Iterator[Server]:
    """A server with several worker processes; gone when the block ends."""
    server = started(settings, workers, app=app)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()


def started(settings: Settings, workers: int = 2, port: int | None = None, app: str = PRODUCT) -> Server:
    """Start a server and wait until it answers."""
    chosen = port or free_port()
    environ = {
        **os.environ,
        "MAENIWA_INSTANCE": str(settings.instance),
        "MAENIWA_DATABASE_URL": settings.database_url,
        "MAENIWA_LOG_LEVEL": "error",
        "OMP_NUM_THREADS": "1",
    }
    process = subprocess.Popen(
        command(chosen, workers, app),
        cwd=ROOT,
        env=environ,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    server = Server(chosen, process)
    until = time.monotonic() + START_SECONDS
    while server.call("GET", "/healthz").status != 200:
        if process.poll() is not None or time.monotonic() > until:
            server.kill()
            raise RuntimeError("the server did not start")
        time.sleep(0.05)
    return server


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def all_at_once(calls: Sequence[Callable[[], Answer]], at_once: int = 200) -> list[Answer]:
    """Make every call, `at_once` of them in flight, all let go by one barrier; answers in the order of the calls."""
    answers: list[Answer] = [Answer(0, None)] * len(calls)
    lanes = min(at_once, len(calls))
    barrier = threading.Barrier(lanes)

    def lane(first: int) -> None:
        barrier.wait()
        for place in range(first, len(calls), lanes):
            answers[place] = calls[place]()

    threads = [threading.Thread(target=lane, args=(first,)) for first in range(lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
