"""How long a visitor's request waits for a PostgreSQL server that says nothing; then it is 503, and the line is closed.

Neither the server's own time-outs nor TCP's help against a server that hangs: its machine still answers for it.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.pq import ConnStatus
from sqlalchemy import Engine, event

CONNECT_SECONDS = 2
"""The least that the PostgreSQL library can wait for a connection."""
GLANCE_SECONDS = 0.1


class HangingServer(psycopg.OperationalError):
    """The server did not answer in time; the connection is closed."""


def patient(seconds: float) -> type[psycopg.Connection[Any]]:
    """A kind of connection that waits so long for each answer of the server."""

    class Patient(psycopg.Connection[Any]):
        def wait(self, gen: Any, interval: float = GLANCE_SECONDS, timeout: float | None = None) -> Any:
            most = seconds if timeout is None else min(timeout, seconds)
            try:
                return super().wait(gen, interval, most)
            except psycopg.OperationalError as problem:
                if self.pgconn.status != ConnStatus.OK:
                    raise
                self.pgconn.finish()
                raise HangingServer(f"no answer for {most:.0f} seconds") from problem

    return Patient


def limit(engine: Engine, seconds: float) -> None:
    """Let every connection of an engine wait no longer for an answer."""
    kind = patient(seconds)

    @event.listens_for(engine, "do_connect")
    def connecting(_dialect: Any, _record: Any, words: Any, named: dict[str, Any]) -> psycopg.Connection[Any]:
        return kind.connect(*words, **{"connect_timeout": CONNECT_SECONDS, **named})
