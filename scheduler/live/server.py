"""The hub's port: a small HTTP/1.1 server that does one thing, hold streams open. No stream holds a thread."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import cast

from models.core import log
from models.core.errors import NotFound
from models.core.settings import Settings
from models.core.signals import LOOPBACK, signals_of
from scheduler.live import incoming
from scheduler.live.hub import UNREADABLE, Hub, Listener, Pace
from scheduler.live.incoming import Asked, Refused
from scheduler.live.reader import Reader

BACKLOG = 1024
UP = '{"state":"up"}'
HEAR_SECONDS = 0.5
HEAR_AGAIN_SECONDS = 2.0
SPARE_FILES = 64
USUAL_PACE = Pace()


@dataclass(frozen=True)
class Limits:
    """Streams in all and of one address, seconds until a request must be complete, and how many bytes somebody may be
    behind before the stream is dropped."""

    streams: int = 5000
    of_one_address: int = 200
    head_seconds: float = 5.0
    bytes_behind: int = 256 * 1024


class Streams:
    """Every connection to the hub's port."""

    def __init__(self, hub: Hub, settings: Settings, limits: Limits) -> None:
        """Nobody is connected yet."""
        self.hub, self.settings, self.limits = hub, settings, limits
        self.connections: set[Connection] = set()
        self.of_address: Counter[str] = Counter()

    def close(self) -> None:
        """End every connection."""
        for connection in tuple(self.connections):
            connection.close()


class Connection(asyncio.Protocol):
    """One client: reads one request head, then only writes."""

    __slots__ = ("_address", "_bodiless", "_buffer", "_listener", "_streams", "_task", "_timer", "_transport")

    def __init__(self, streams: Streams) -> None:
        """Not connected yet."""
        self._streams = streams
        self._buffer = b""
        self._address = ""
        self._bodiless = False
        self._listener: Listener | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there, and has some seconds to say what for."""
        self._transport = cast("asyncio.Transport", transport)
        self._timer = asyncio.get_running_loop().call_later(
            self._streams.limits.head_seconds, self._answer, 408
        )
        self._streams.connections.add(self)
        if len(self._streams.connections) > self._streams.limits.streams:
            self._answer(503)

    def data_received(self, data: bytes) -> None:
        """Bytes of the request; whatever comes after it is passed over."""
        if self._task is not None or self._transport.is_closing():
            return
        self._buffer += data
        head, end, _ = self._buffer.partition(b"\r\n\r\n")
        if len(head) > incoming.MOST_BYTES:
            self._answer(431)
        elif end:
            self._buffer = b""
            self._begin(head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Somebody is gone."""
        self._timer.cancel()
        self._streams.connections.discard(self)
        if self._task is not None:
            self._task.cancel()
        if self._listener is not None:
            self._streams.hub.leave(self._listener)
        if self._address:
            self._streams.of_address[self._address] -= 1
            self._streams.of_address += Counter()

    def send(self, data: bytes) -> None:
        """Write, unless the client is too far behind: then it is dropped, and may come back with what it saw last."""
        if self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() + len(data) > self._streams.limits.bytes_behind:
            log.logger().warning("slow stream dropped", where="hub")
            self._transport.abort()
            return
        self._transport.write(data)

    def close(self) -> None:
        """End it after what is already written."""
        self._transport.close()

    def _begin(self, head: bytes) -> None:
        self._timer.cancel()
        self._bodiless = head.startswith(b"HEAD ")
        try:
            asked = incoming.read(head)
        except Refused as refused:
            self._answer(refused.status)
            return
        if asked is None:
            self._answer(200, UP)
            return
        self._task = asyncio.create_task(self._stream(asked))

    async def _stream(self, asked: Asked) -> None:
        hub, settings = self._streams.hub, self._streams.settings
        try:
            key = await hub.key(asked.code, asked.host, asked.office)
            head = incoming.stream_head(asked, settings.public_url)
            if asked.head:
                self.send(head)
                self.close()
            elif self._let_in(asked):
                self._listener = Listener(key, asked.language, self.send)
                await hub.join(self._listener, asked.since, head + _retry())
            else:
                self._answer(429)
        except Refused as refused:
            self._answer(refused.status)
        except NotFound:
            self._answer(404)
        except UNREADABLE:
            self._answer(503)

    def _let_in(self, asked: Asked) -> bool:
        peer = (self._transport.get_extra_info("peername") or ("",))[0]
        address = incoming.visitor_of(asked, peer, self._streams.settings.trusted_proxies)
        if self._streams.of_address[address] >= self._streams.limits.of_one_address:
            return False
        self._address = address
        self._streams.of_address[address] += 1
        return True

    def _answer(self, status: int, body: str = "") -> None:
        if not self._transport.is_closing():
            self._transport.write(incoming.answer(status, body, head=self._bodiless))
            self._transport.close()


@asynccontextmanager
async def listening(
    settings: Settings, host: str, limits: Limits = Limits(), pace: Pace = USUAL_PACE
) -> AsyncIterator[Streams]:
    """Streams are served on `host` at the port of `settings.events_port` inside this block and not after it."""
    reader = Reader(settings)
    hub = Hub(reader, pace)
    streams = Streams(hub, settings, limits)
    ended = threading.Event()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(streams), _hosts(host), settings.events_port, backlog=BACKLOG
    )
    hearing = threading.Thread(target=_hear, args=[settings, hub, loop, ended], name="hints", daemon=True)
    hearing.start()
    pacing = asyncio.create_task(hub.run())
    try:
        yield streams
    finally:
        ended.set()
        pacing.cancel()
        server.close()
        streams.close()
        with suppress(asyncio.CancelledError):
            await pacing
        await loop.run_in_executor(None, hearing.join)
        await loop.run_in_executor(None, reader.close)


async def serve(settings: Settings, host: str, end: asyncio.Event) -> None:
    """Serve streams until `end` is set."""
    async with listening(settings, host, Limits(streams=_room())):
        log.logger().debug("streams are served", where="hub", port=settings.events_port)
        await end.wait()


def _hear(settings: Settings, hub: Hub, loop: asyncio.AbstractEventLoop, ended: threading.Event) -> None:
    """Pass hints on to the loop; where hearing ends, try again: meanwhile the hub looks by itself."""
    while not ended.is_set():
        try:
            for hint in signals_of(settings).heard(HEAR_SECONDS):
                if ended.is_set():
                    return
                if hint is not None:
                    loop.call_soon_threadsafe(hub.hint, hint)
        except OSError as problem:
            log.logger().warning("no hints are heard", where="hub", error=type(problem).__name__)
        ended.wait(HEAR_AGAIN_SECONDS)


def _hosts(host: str) -> list[str]:
    """Where to listen: the house itself asks on its loopback address whether the hub is up."""
    return [host] if host in ("", "0.0.0.0", LOOPBACK) else [host, LOOPBACK]  # noqa: S104


def _retry() -> bytes:
    """How many milliseconds a client waits before it comes back: not everybody at once."""
    return f"retry: {random.randint(1000, 3000)}\n\n".encode()  # noqa: S311  (spread, not secrecy)


def _room() -> int:
    """How many streams the system has files for; the soft limit is raised to the hard one first."""
    most = Limits().streams
    if find_spec("resource") is None:
        return most
    resource = import_module("resource")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most + SPARE_FILES if hard == resource.RLIM_INFINITY else min(hard, most + SPARE_FILES)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return int(min(most, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE_FILES))
