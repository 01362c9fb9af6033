"""One act = one transaction: the only way to write."""

from __future__ import annotations

import errno
import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import CursorResult, Delete, Update, insert
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from models.core import clock, log, signals
from models.core.db import Base, db, ground, plain, writing
from models.core.errors import Unavailable
from models.core.space import current_space

TRIES = 3
LOCK_SECONDS = 5.0
PASSING = {"40001", "40P01", "55P03"}
"""PostgreSQL states that pass by themselves: serialization failure, deadlock, lock not available."""

UNABLE = {"25006", "25001", "0A000"}
"""PostgreSQL states of a server that only reads: a standby, or one whose disk somebody saved in time."""

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
"""What a file system says that takes nothing more: keys and tombstones are files beside the database."""

BREATH_SECONDS = 0.12
"""Longer than the tenth of a second that a waiting writer of a SQLite file may sleep before it looks again."""
AT_A_STRETCH_SECONDS = 0.5
AFTERWARDS = "afterwards"
BEFORE_COMMIT = "before commit"
_rehearsing: ContextVar[bool] = ContextVar("rehearsing", default=False)

P = ParamSpec("P")
R = TypeVar("R")


class Passing(Exception):
    """A clash that will be gone on the next try; `act` tries again."""


class NestedAct(RuntimeError):
    """An act was begun inside another: it would no longer be one transaction."""


@contextmanager
def transaction() -> Iterator[Session]:
    """Write inside the entered space: commits when the block ends well, leaves nothing when it does not.

    Once it is committed, the hub hears which lines have changed.
    """
    if writing.get():
        raise NestedAct("an act is one transaction")
    if _rehearsing.get():
        with _rehearsed() as session:
            yield session
        return
    session = _fresh()
    with _alone():
        mark, instant = writing.set(True), clock.stop()
        try:
            yield session
            _last(session)
            hints = signals.taken(session)
            if hints:
                signals.way().within(session, hints)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            clock.go_on(instant)
            writing.reset(mark)
    if hints:
        signals.way().after(hints)
    for work in session.info.pop(AFTERWARDS, ()):
        _try(work)


@contextmanager
def rehearsal() -> Iterator[None]:
    """Whatever acts do until the block ends is seen by those that follow, and then taken back; nobody hears of it.

    The space's writers wait as long as the block lasts. What an act does outside the database is not taken back.
    """
    session = _fresh()
    with _alone():
        mark = writing.set(True)
        try:
            session.connection()
        finally:
            writing.reset(mark)
        rehearsing = _rehearsing.set(True)
        try:
            yield
        finally:
            _rehearsing.reset(rehearsing)
            session.rollback()


@contextmanager
def _rehearsed() -> Iterator[Session]:
    """One act of a rehearsal."""
    session = db.session()
    mark, instant = writing.set(True), clock.stop()
    try:
        with session.begin_nested():
            yield session
            _last(session)
    finally:
        clock.go_on(instant)
        writing.reset(mark)
        _forget(session)


def _fresh() -> Session:
    """The entered space's session, without anything that was read or begun before."""
    current_space()
    session = db.session()
    session.rollback()
    _forget(session)
    return session


def _forget(session: Session) -> None:
    """What an act has put aside for later is not for the next one."""
    signals.taken(session)
    for kept in (AFTERWARDS, BEFORE_COMMIT):
        session.info.pop(kept, None)


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock that puts this process's SQLite writers in a row; `Unavailable` where it is not to be had."""
    lock = ground().writer_lock(current_space())
    if lock is not None and not lock.acquire(timeout=LOCK_SECONDS):
        raise Unavailable
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


class Turns:
    """Work of many acts in a row: after half a second of it, whoever waits to write a SQLite file gets a turn.

    The file's lock knows no line: without a pause longer than a waiting writer sleeps, one may wait in vain (503).
    """

    def __init__(self) -> None:
        """The work begins."""
        self._since = clock.steady()

    def give(self) -> None:
        """Between two acts."""
        if clock.steady() - self._since >= AT_A_STRETCH_SECONDS:
            time.sleep(BREATH_SECONDS)
            self._since = clock.steady()


def afterwards(session: Session, work: Callable[[], object]) -> None:
    """Inside an act: do this once it is committed. The act stands whatever becomes of it; a failure is logged."""
    session.info.setdefault(AFTERWARDS, []).append(work)


def before_commit(session: Session, work: Callable[[Session, list[Any]], object], thing: object) -> None:
    """Inside an act: `work` is its last step, once, with every thing it was given; it may fail the act.

    What it locks is locked for the shortest time that there is.
    """
    session.info.setdefault(BEFORE_COMMIT, {}).setdefault(work, []).append(thing)


def _last(session: Session) -> None:
    """The act's last step: everything else is written before."""
    works = session.info.pop(BEFORE_COMMIT, {})
    if works:
        session.flush()
    for work, things in works.items():
        work(session, things)


def _try(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception as problem:
        log.logger().error("afterwards failed", error=type(problem).__name__)


def act(function: Callable[Concatenate[Session, P], R]) -> Callable[P, R]:
    """Make a function of a session into one act: one transaction, tried again at most twice on a passing clash.

    Raises `Unavailable` (503) where database or disk cannot take it now; nothing is half-written then.
    """

    @functools.wraps(function)
    def acting(*args: P.args, **kwargs: P.kwargs) -> R:
        for remaining in reversed(range(TRIES)):
            try:
                with transaction() as session:
                    return function(session, *args, **kwargs)
            except Passing as problem:
                if not remaining:
                    raise Unavailable from problem
            except (DBAPIError, OSError) as problem:
                if remaining and _passes(problem):
                    continue
                if _is_unable(problem):
                    raise Unavailable from problem
                raise
        raise Unavailable

    return acting


def flush_unique(session: Session) -> None:
    """Write what is pending; where a random or sequence value is already taken, the act is tried again."""
    try:
        session.flush()
    except IntegrityError as problem:
        raise Passing from problem


def insert_unique(session: Session, table: type[Base], values: dict[str, Any]) -> int:
    """Insert one row without the unit of work; its id. Where a random value is taken, the act is tried again."""
    try:
        result = session.execute(insert(plain(table)), values)
    except IntegrityError as problem:
        raise Passing from problem
    key: Any = cast("CursorResult[Any]", result).inserted_primary_key
    return int(key[0])


def rows_changed(session: Session, statement: Update | Delete, values: dict[str, Any] | None = None) -> int:
    """Run an UPDATE or DELETE and say how many rows it met: a claim is won by exactly one."""
    return cast("CursorResult[Any]", session.execute(statement, values)).rowcount


def _passes(problem: DBAPIError | OSError) -> bool:
    return _state(problem) in PASSING


def _is_unable(problem: DBAPIError | OSError) -> bool:
    """Whether database or disk cannot take it now."""
    if isinstance(problem, OSError):
        return problem.errno in FULL
    return isinstance(problem, OperationalError) or _state(problem) in UNABLE


def _state(problem: DBAPIError | OSError) -> str | None:
    return getattr(getattr(problem, "orig", None), "sqlstate", None)
