"""What the hub reads from the database, in one thread of its own: where a stream belongs, its calls, its state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from models.core.clock import now
from models.core.db import standing
from models.core.settings import Settings
from models.core.space import Space, entered
from models.queries import hall, live_stream, offices
from models.queries.live_stream import Missed
from models.queries.municipalities import Known
from models.queries.offices import OfficeView

T = TypeVar("T")


@dataclass(frozen=True)
class Key:
    """An office of a municipality, by their codes."""

    space: str
    office: str


@dataclass(frozen=True)
class State:
    """The state of an office in the languages that were asked for, and whether the office gives out numbers."""

    texts: dict[str, str]
    receiving: bool


class Reader:
    """Reads one after the other; a database that does not answer raises."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is open yet."""
        self._settings = settings
        self._stack = ExitStack()
        self._known = Known(settings.default_municipality)
        self.thread = ThreadPoolExecutor(1, "reader", self._open)

    def close(self) -> None:
        """Give every connection back."""
        self.thread.submit(self._stack.close).result()
        self.thread.shutdown()

    def key(self, code: str | None, host: str, office: str) -> Key:
        """The office that is asked for; `NotFound` where there is none."""
        city = self._known.of(code, host)
        with entered(city.space):
            return Key(city.code, offices.office(office).code)

    def opening(self, key: Key, since: int | None, language: str) -> tuple[int, bytes]:
        """The version and the events with which a stream begins."""
        return self._in(key, lambda place: live_stream.opening(place, since, now(), language))

    def missed(self, key: Key, since: int | None) -> tuple[Missed, list[tuple[int, bytes]]]:
        """What came after a version, and each call of it as an event with its version."""
        return self._in(key, partial(_missed, since=since))

    def state(self, key: Key, languages: Iterable[str]) -> State:
        """The state now."""
        return self._in(key, partial(_state, languages=tuple(languages)))

    def versions(self, keys: Iterable[Key]) -> dict[Key, int]:
        """The version of each office now."""
        return {key: self._in(key, hall.version) for key in keys}

    def _in(self, key: Key, look: Callable[[OfficeView], T]) -> T:
        with entered(Space(key.space)):
            return look(offices.office(key.office))

    def _open(self) -> None:
        self._stack.enter_context(standing(self._settings))


def _missed(place: OfficeView, since: int | None) -> tuple[Missed, list[tuple[int, bytes]]]:
    found = live_stream.missed(place, since)
    return found, [(call.version, live_stream.call_event(place, call)) for call in found.calls or ()]


def _state(place: OfficeView, languages: tuple[str, ...]) -> State:
    at = now()
    texts = {language: live_stream.state_json(place, at, language) for language in languages}
    return State(texts, live_stream.receiving(place, at))
