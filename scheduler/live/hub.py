"""Who listens to which office, and what they are told: each call once and in order, then the state.

The state in the database is the truth. A hint only says that it is worth looking; every two seconds the hub looks
without one. Everything here runs on the event loop's thread; what is read from the database is read in another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from models.core import log
from models.core.db import DatabaseProblem
from models.core.errors import DomainError
from models.core.signals import Hint
from models.queries.live_stream import state_event
from scheduler.live.reader import Key, Reader, State

P = ParamSpec("P")
T = TypeVar("T")
UNREADABLE = (DatabaseProblem, DomainError, OSError)
"""What the database may answer when it cannot answer; the hub tries again."""
HEARTBEAT = b":\n\n"


@dataclass(frozen=True)
class Pace:
    """Seconds: between looks without a hint, between heartbeats, and until a state is told again as it is then."""

    look: float = 2.0
    beat: float = 10.0
    refresh: float = 30.0


@dataclass(frozen=True)
class Told:
    """One event for everybody who listens to an office; a `snapshot` also goes to whoever has seen a later version."""

    version: int
    data: bytes
    kind: str


@dataclass(eq=False, slots=True)
class Listener:
    """One stream; `version` is up to where it has missed nothing, `kept` what came while its opening was read."""

    key: Key
    language: str
    send: Callable[[bytes], None]
    version: int = -1
    kept: list[Told] | None = field(default_factory=list)

    def begin(self, version: int, opening: bytes) -> None:
        """The opening is there: send it, then what came meanwhile."""
        kept, self.kept, self.version = self.kept or [], None, version
        self.send(opening)
        for told in kept:
            self.tell(told)

    def tell(self, told: Told) -> None:
        """Send an event unless it is older than what was sent."""
        if self.kept is not None:
            self.kept.append(told)
        elif told.version > self.version or told.kind == "snapshot" or self._again(told):
            self.version = told.version
            self.send(told.data)

    def _again(self, told: Told) -> bool:
        return told.kind == "state" and told.version == self.version


@dataclass(eq=False)
class Channel:
    """One office with at least one listener; `receiving` is whether it was open and gave out numbers when last told."""

    key: Key
    version: int = -1
    receiving: bool = False
    dirty: bool = False
    listeners: set[Listener] = field(default_factory=set)
    updating: asyncio.Task[None] | None = None

    def tell(self, told: Told, language: str | None = None) -> None:
        """Send an event to everybody, or to those of one language."""
        for listener in tuple(self.listeners):
            if language is None or listener.language == language:
                listener.tell(told)

    @property
    def languages(self) -> set[str]:
        """In which languages it is heard."""
        return {listener.language for listener in self.listeners}


class Hub:
    """Every channel of one installation."""

    def __init__(self, reader: Reader, pace: Pace = Pace()) -> None:
        """Nobody listens yet."""
        self._reader, self._pace = reader, pace
        self._channels: dict[Key, Channel] = {}

    async def run(self) -> None:
        """Beat, look and refresh until cancelled."""
        await asyncio.gather(
            self._every(self._pace.beat, self._beat),
            self._every(self._pace.look, self._look),
            self._every(self._pace.refresh, self._refresh),
        )

    async def key(self, code: str | None, host: str, office: str) -> Key:
        """The office that is asked for; `NotFound` where there is none, `UNREADABLE` where nobody can say."""
        return await self._read(self._reader.key, code, host, office)

    async def join(self, listener: Listener, since: int | None, greeting: bytes) -> None:
        """Listen from now on: `greeting`, then what was missed since a version and the state."""
        channel = self._channels.setdefault(listener.key, Channel(listener.key))
        channel.listeners.add(listener)
        version, opening = await self._read(self._reader.opening, listener.key, since, listener.language)
        if channel.version < 0:
            channel.version = version
        listener.begin(version, greeting + opening)
        if channel.dirty:
            self._update(channel)

    def leave(self, listener: Listener) -> None:
        """Listen no more."""
        channel = self._channels.get(listener.key)
        if channel is not None:
            channel.listeners.discard(listener)
            if not channel.listeners:
                del self._channels[listener.key]

    def hint(self, hint: Hint) -> None:
        """Somebody says that an office has another version."""
        channel = self._channels.get(Key(hint.space, hint.office))
        if channel is not None and hint.version > channel.version:
            self._update(channel)

    async def _every(self, seconds: float, work: Callable[[], object]) -> None:
        while True:
            await asyncio.sleep(seconds)
            done = work()
            if asyncio.iscoroutine(done):
                await done

    def _beat(self) -> None:
        for channel in self._channels.values():
            for listener in tuple(channel.listeners):
                if listener.kept is None:
                    listener.send(HEARTBEAT)

    async def _look(self) -> None:
        try:
            found = await self._read(self._reader.versions, tuple(self._channels))
        except UNREADABLE as problem:
            log.logger().warning("database does not answer", where="hub", error=type(problem).__name__)
            return
        for key, version in found.items():
            channel = self._channels.get(key)
            if channel is not None and channel.version >= 0 and version != channel.version:
                self._update(channel)

    async def _refresh(self) -> None:
        for channel in tuple(self._channels.values()):
            if channel.version >= 0 and channel.updating is None:
                await self._guarded(channel, self._tell_state)

    def _update(self, channel: Channel) -> None:
        channel.dirty = True
        if channel.updating is None and channel.version >= 0:
            channel.updating = asyncio.create_task(self._updating(channel))

    async def _updating(self, channel: Channel) -> None:
        try:
            while channel.dirty and channel.listeners:
                channel.dirty = False
                await self._guarded(channel, self._tell_news)
        finally:
            channel.updating = None

    async def _guarded(self, channel: Channel, work: Callable[[Channel], object]) -> None:
        try:
            done = work(channel)
            if asyncio.iscoroutine(done):
                await done
        except UNREADABLE as problem:
            log.logger().warning(
                "line cannot be read",
                municipality=channel.key.space,
                office=channel.key.office,
                error=type(problem).__name__,
            )

    async def _tell_news(self, channel: Channel) -> None:
        """Calls at once, the state when it is made; where calls are too many, the state alone."""
        missed, events = await self._read(self._reader.missed, channel.key, channel.version)
        lost = missed.calls is None or missed.version < channel.version
        channel.version = missed.version
        if not lost:
            for version, data in events:
                channel.tell(Told(version, data, "call"))
        await self._tell_state(channel, lost)

    async def _tell_state(self, channel: Channel, lost: bool = False) -> None:
        version = channel.version
        state = await self._read(self._reader.state, channel.key, channel.languages)
        name = "snapshot" if lost else self._name(channel, state)
        channel.receiving = state.receiving
        for language, text in state.texts.items():
            data = state_event(name, version, text)
            channel.tell(Told(version, data, "snapshot" if lost else "state"), language)

    @staticmethod
    def _name(channel: Channel, state: State) -> str:
        return "closed" if channel.receiving and not state.receiving else "queue"

    async def _read(self, look: Callable[P, T], *args: P.args, **_: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reader.thread, look, *args)
