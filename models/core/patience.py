"""How long a visitor's request waits for a PostgreSQL server that says nothing; then it is 503, and the line is closed.

Neither the server's own time-outs nor TCP's help against a server that hangs: its machine still answers for it. For a
second after it was waited for in vain, nobody waits for a new connection: who comes meanwhile hears 503 at once, and
does not stand in line for a server that does not answer. One statement may have waited for a lock only; after two
within a second nobody waits either, until the next connection greets.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from math import inf
from typing import Any

import psycopg
from psycopg.errors import ConnectionTimeout
from psycopg.pq import ConnStatus
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from models.core.clock import steady

CONNECT_SECONDS = 2
"""The least that the PostgreSQL library can wait for a connection."""
GREETING_SECONDS = 1.0
"""The longest that a connection from the pool may take to say that it is still there: no lock can hold that up."""
QUIET_SECONDS = 1.0
GLANCE_SECONDS = 0.1
_most: ContextVar[float] = ContextVar("most", default=inf)


class HangingServer(psycopg.OperationalError):
    """The server did not answer in time; the connection is closed."""


@dataclass
class Silence:
    """When the server was found silent, and nobody should wait for it again."""

    until: float = 0.0
    _doubted_until: float = 0.0

    def begins(self) -> None:
        """It was waited for in vain just now."""
        self.until = steady() + QUIET_SECONDS

    def doubted(self) -> None:
        """A statement was waited for in vain."""
        if steady() < self._doubted_until:
            self.begins()
        self._doubted_until = steady() + QUIET_SECONDS

    def ends(self) -> None:
        """It has answered."""
        self.until = self._doubted_until = 0.0

    def lasts(self) -> bool:
        """Whether that is less than a second ago."""
        return steady() < self.until


def patient(seconds: float, silence: Silence) -> type[psycopg.Connection[Any]]:
    """A kind of connection that waits so long for each answer of the server, and says so where none came."""

    class Patient(psycopg.Connection[Any]):
        def wait(self, gen: Any, interval: float = GLANCE_SECONDS, timeout: float | None = None) -> Any:
            most = min(seconds, _most.get(), inf if timeout is None else timeout)
            try:
                return super().wait(gen, interval, most)
            except psycopg.OperationalError as problem:
                if self.pgconn.status != ConnStatus.OK:
                    raise
                self.pgconn.finish()
                silence.doubted()
                raise HangingServer(f"no answer for {most:.0f} seconds") from problem

    return Patient


def limit(engine: Engine, seconds: float) -> None:
    """Let every connection of an engine wait no longer for an answer."""
    silence = Silence()
    kind, ping = patient(seconds, silence), engine.dialect.do_ping

    def greeted(connection: DBAPIConnection) -> bool:
        mark = _most.set(GREETING_SECONDS)
        try:
            there = ping(connection)
        except HangingServer:
            silence.begins()
            raise
        finally:
            _most.reset(mark)
        silence.ends()
        return there

    engine.dialect.do_ping = greeted  # type: ignore[assignment, method-assign]

    @event.listens_for(engine, "do_connect")
    def connecting(_dialect: Any, _record: Any, words: Any, named: dict[str, Any]) -> psycopg.Connection[Any]:
        if silence.lasts():
            raise HangingServer("no answer a moment ago")
        try:
            return kind.connect(*words, **{"connect_timeout": CONNECT_SECONDS, **named})
        except ConnectionTimeout:
            silence.begins()
            raise
