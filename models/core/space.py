"""A space: the part of the store that belongs to one municipality. All work happens inside exactly one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

CODE = re.compile(r"[a-z][a-z0-9]{1,30}")


class OutsideSpace(RuntimeError):
    """Something asked for data without having entered a municipality's space."""


@dataclass(frozen=True)
class Space:
    """One municipality's space, by its code (2-31 lower-case letters and digits)."""

    code: str

    def __post_init__(self) -> None:
        """Refuse a code that could not be a file's and a schema's name."""
        if not CODE.fullmatch(self.code):
            raise ValueError(f"not a municipality's code: {self.code!r}")

    @property
    def schema(self) -> str:
        """The PostgreSQL schema and role of this space."""
        return f"m_{self.code}"


at_leaving: list[Callable[[], None]] = []
"""What is done when a space is left: the ground ends its session, so that nothing of it is seen in the next."""
_current: ContextVar[Space | None] = ContextVar("space", default=None)


def current_space() -> Space:
    """The space that was entered; `OutsideSpace` when none was."""
    found = _current.get()
    if found is None:
        raise OutsideSpace("enter a municipality's space first")
    return found


@contextmanager
def entered(space: Space) -> Iterator[Space]:
    """Work inside `space` until the block ends; spaces do not nest into one another."""
    inside = _current.get()
    if inside == space:
        yield space
        return
    if inside is not None:
        raise OutsideSpace(f"already inside {inside.code}")
    token = _current.set(space)
    try:
        yield space
    finally:
        for ending in at_leaving:
            ending()
        _current.reset(token)
