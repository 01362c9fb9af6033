"""Tells the hub, after a commit, that an office's line has another version. A hint, never the truth: it may be lost.

Two ways behind one interface: a datagram to the hub's port on this machine (one process, SQLite), or PostgreSQL's
NOTIFY inside the transaction, which the database delivers at the commit (many processes). An act that is taken back
tells nothing, and telling never delays or fails an act.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.core.db import ground
from models.core.settings import Settings, psycopg_url
from models.core.space import CODE, current_space

CHANNEL = "maeniwa_live"
LOOPBACK = "127.0.0.1"
LONGEST = 200
CHANGED = "maeniwa.changed"
"""Under this name a session knows which offices its act has advanced."""


@dataclass(frozen=True)
class Hint:
    """An office's line has this version now."""

    space: str
    office: str
    version: int

    def line(self) -> str:
        """As text on its way."""
        return f"{self.space} {self.office} {self.version}"

    @classmethod
    def of_line(cls, line: str) -> Hint | None:
        """From the text again; None for anything else."""
        space, _, rest = line.partition(" ")
        office, _, version = rest.partition(" ")
        if not CODE.fullmatch(space) or not office or not (version.isascii() and version.isdigit()):
            return None
        return cls(space, office, int(version))


class Signals(Protocol):
    """One way to tell and to hear."""

    def within(self, session: Session, hints: Sequence[Hint]) -> None:
        """What is done inside the transaction, before its commit."""

    def after(self, hints: Sequence[Hint]) -> None:
        """What is done after the commit."""

    def heard(self, wait: float) -> Iterator[Hint | None]:
        """Every hint as it comes, and None whenever `wait` seconds went by; `OSError` where hearing is impossible."""


@dataclass(frozen=True)
class Datagrams:
    """To the hub's port (UDP) on this machine."""

    port: int

    def within(self, session: Session, hints: Sequence[Hint]) -> None:
        """Nothing."""

    def after(self, hints: Sequence[Hint]) -> None:
        """One datagram a hint; nobody waits for it."""
        with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            for hint in hints:
                line.sendto(hint.line().encode("ascii", "replace"), (LOOPBACK, self.port))

    def heard(self, wait: float) -> Iterator[Hint | None]:
        """What arrives at the port."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.bind((LOOPBACK, self.port))
            line.settimeout(wait)
            while True:
                try:
                    got = line.recv(LONGEST)
                except TimeoutError:
                    yield None
                    continue
                yield Hint.of_line(got.decode("ascii", "replace"))


@dataclass(frozen=True)
class Notifications:
    """By PostgreSQL; `address` is a direct connection, because a pooler does not deliver."""

    address: str

    def within(self, session: Session, hints: Sequence[Hint]) -> None:
        """NOTIFY, which the database delivers when, and only when, the transaction is committed."""
        for hint in hints:
            session.execute(
                text("SELECT pg_notify(:channel, :line)"), {"channel": CHANNEL, "line": hint.line()}
            )

    def after(self, hints: Sequence[Hint]) -> None:
        """Nothing."""

    def heard(self, wait: float) -> Iterator[Hint | None]:
        """LISTEN on a connection of its own."""
        engine = create_engine(psycopg_url(self.address), poolclass=NullPool)
        refusals = (DBAPIError, engine.dialect.loaded_dbapi.Error)
        try:
            with closing(engine.raw_connection()) as pooled:
                connection: Any = pooled.driver_connection
                connection.autocommit = True
                connection.execute(f"LISTEN {CHANNEL}")
                while True:
                    for notified in connection.notifies(timeout=wait):
                        yield Hint.of_line(notified.payload)
                    yield None
        except refusals as problem:
            raise OSError(f"no connection to listen on: {type(problem).__name__}") from problem


@dataclass(frozen=True)
class Silence:
    """Where there is no hub."""

    def within(self, session: Session, hints: Sequence[Hint]) -> None:
        """Nothing."""

    def after(self, hints: Sequence[Hint]) -> None:
        """Nothing."""

    def heard(self, wait: float) -> Iterator[Hint | None]:
        """Nothing, ever."""
        return iter(())


def signals_of(settings: Settings) -> Signals:
    """The way of an installation."""
    if settings.events_port < 0:
        return Silence()
    if settings.on_postgresql:
        return Notifications(settings.listen_url or settings.database_url)
    return Datagrams(settings.events_port) if settings.events_port else Silence()


def changed(session: Session, office: str, version: int) -> None:
    """Inside an act: the office's line has this version, once the act is committed."""
    session.info.setdefault(CHANGED, {})[office] = version


def taken(session: Session) -> tuple[Hint, ...]:
    """What the act has changed so far; the session forgets it."""
    found: dict[str, int] = session.info.pop(CHANGED, {})
    return tuple(Hint(current_space().code, office, version) for office, version in found.items())


def way() -> Signals:
    """The way of the installation this process stands on."""
    return signals_of(ground().settings)
