"""A hub in this process on a real port, and clients that read its streams from real sockets."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from models.core.settings import Settings
from models.operations import arrivals, calling
from models.queries.offices import office
from scheduler.household import free_port
from scheduler.live.hub import Pace
from scheduler.live.server import Limits, Streams, listening

HOST = "127.0.0.1"
PATIENCE = 30.0
AOKI = "aoki"
PATH = "/api/v1/offices/honcho/events"
QUICK = Pace(look=0.2, beat=0.5, refresh=30)
DEAF = Pace(look=60, beat=60, refresh=60)
"""A hub that hears hints and does not look by itself."""


@dataclass(frozen=True)
class Event:
    """One server-sent event."""

    name: str
    id: int
    data: dict[str, Any]


@dataclass
class Stream:
    """A client: its answer's status and headers, and the events as they come."""

    line: socket.socket
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    rest: bytes = b""
    seen: int | None = None

    def read_head(self) -> None:
        """Read status and headers."""
        while b"\r\n\r\n" not in self.rest:
            self._more()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}

    def event(self, wait: float = PATIENCE) -> Event:
        """The next event; `ConnectionError` once the stream has ended, `TimeoutError` where none comes."""
        self.line.settimeout(wait)
        while True:
            block, end, rest = self.rest.partition(b"\n\n")
            if not end:
                self._more()
                continue
            self.rest = rest
            lines = dict(line.split(":", 1) for line in block.decode().splitlines())
            if "event" in lines:
                self.seen = int(lines["id"])
                return Event(lines["event"].strip(), self.seen, json.loads(lines["data"]))

    def beats(self) -> None:
        """Wait for a heartbeat, which is no event."""
        while b":\n\n" not in self.rest:
            self._more()

    def until(self, wanted: Callable[[Event], bool]) -> list[Event]:
        """Events up to the first that is wanted, with it."""
        found = [self.event()]
        while not wanted(found[-1]):
            found.append(self.event())
        return found

    def calls(self, how_many: int) -> list[str]:
        """The numbers of so many calls, as they come."""
        found: list[str] = []
        while len(found) < how_many:
            event = self.event()
            if event.name in ("called", "recalled"):
                found.append(event.data["number"])
        return found

    def _more(self) -> None:
        got = self.line.recv(65536)
        if not got:
            raise ConnectionError("the stream ended")
        self.rest += got


def opened(port: int, path: str = PATH, method: str = "GET", **headers: str) -> Stream:
    """A request to the hub; its head is read."""
    line = socket.create_connection((HOST, port), PATIENCE)
    fields = {"Host": f"{HOST}:{port}"} | {name.replace("_", "-"): value for name, value in headers.items()}
    text = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    line.sendall(f"{method} {path} HTTP/1.1\r\n{text}\r\n".encode())
    stream = Stream(line)
    try:
        stream.read_head()
    except OSError:
        line.close()
        raise
    return stream


def answered(port: int, path: str = PATH, method: str = "GET", **headers: str) -> Stream:
    """The same, closed at once: for who only wants to know the answer."""
    stream = opened(port, path, method, **headers)
    stream.line.close()
    return stream


@contextmanager
def listener(port: int, path: str = PATH, **headers: str) -> Iterator[Stream]:
    """An open stream that is closed afterwards."""
    stream = opened(port, path, **headers)
    try:
        yield stream
    finally:
        stream.line.close()


@dataclass
class RunningHub:
    """A hub that serves in a thread of this process."""

    settings: Settings
    streams: Streams
    loop: asyncio.AbstractEventLoop

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.settings.events_port

    def call(self, work: Callable[[], object]) -> None:
        """Do something on its loop's thread."""
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (work(), done.set()))
        assert done.wait(PATIENCE)


@contextmanager
def hub(settings: Settings, limits: Limits | None = None, pace: Pace = QUICK) -> Iterator[RunningHub]:
    """A hub of an installation, which acts of this process under `RunningHub.settings` tell of their changes."""
    chosen = replace(settings, events_port=free_port(HOST, 0))
    ready, end = threading.Event(), threading.Event()
    running: list[RunningHub] = []

    async def serving() -> None:
        async with listening(chosen, HOST, limits or Limits(), pace) as streams:
            running.append(RunningHub(chosen, streams, asyncio.get_running_loop()))
            ready.set()
            while not end.is_set():
                await asyncio.sleep(0.01)

    thread = threading.Thread(target=asyncio.run, args=[serving()])
    thread.start()
    try:
        assert ready.wait(PATIENCE)
        yield running[0]
    finally:
        end.set()
        thread.join()


class CuttingProxy:
    """A proxy in front of a port that cuts every connection after some bytes of the answer."""

    def __init__(self, port: int, after_bytes: int) -> None:
        self.behind, self.after_bytes, self.cuts = port, after_bytes, 0
        self._server = socket.create_server((HOST, 0))
        self.port = int(self._server.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let nobody in any more."""
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=[client], daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.create_connection((HOST, self.behind), PATIENCE) as server:
            server.sendall(client.recv(65536))
            left = self.after_bytes
            while left > 0:
                got = server.recv(min(left, 4096))
                if not got:
                    return
                client.sendall(got)
                left -= len(got)
            self.cuts += 1


def until(condition: Callable[[], object]) -> None:
    """Wait for something that must come; the patience is only a limit."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def port_of(address: str) -> int:
    """The port of an address."""
    found = urlsplit(address).port
    assert found is not None
    return found


def take_numbers(how_many: int) -> None:
    for _ in range(how_many):
        arrivals.issue(office("honcho"), ["JUM-01"], AOKI)


def serve_one(counter: str = "1") -> str:
    """Call the next one and serve them to the end."""
    place = office("honcho")
    called = calling.call_next(place, counter, AOKI)
    assert called is not None
    calling.step(place, called.number, "start", AOKI)
    calling.step(place, called.number, "finish", AOKI)
    return called.number
