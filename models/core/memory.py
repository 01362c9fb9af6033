"""What a process keeps of something that is made anew when it has changed: one value a key, the newest."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """The newest value of each key with the stamp it was made for; as many values as there are keys, never more.

    Two threads that find a value old may both make it; neither waits for the other.
    """

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept: dict[Hashable, tuple[Hashable, Any]] = {}

    def of(self, key: Hashable, stamp: Hashable, make: Callable[[], T]) -> T:
        """The value of `key` if it was made for this stamp, else a new one."""
        kept = self._kept.get(key)
        if kept is not None and kept[0] == stamp:
            found: T = kept[1]
            return found
        made = make()
        self._kept[key] = (stamp, made)
        return made
