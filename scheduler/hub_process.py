"""The hub as a child of `maeniwa serve`: live streams to boards and counters, apart from every request.

Run as `python -m scheduler.hub_process HOST`; the settings, with `events_port`, come from the environment.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress

from models.core import log, settings
from models.core.settings import Settings
from scheduler.lifeline import at_end_of_parent, at_signal
from scheduler.live.server import serve
from scheduler.refusals import CHILD_REFUSED, REFUSALS, refused


async def until_ended(chosen: Settings, host: str, *ways: Callable[[Callable[[], None]], None]) -> None:
    """Serve streams until one of the `ways` to end calls what it was given."""
    loop, end = asyncio.get_running_loop(), asyncio.Event()

    def asked_to_end() -> None:
        with suppress(RuntimeError):  # the loop is closed: it has ended already
            loop.call_soon_threadsafe(end.set)

    for way in ways:
        way(asked_to_end)
    await serve(chosen, host, end)


def main(host: str) -> int:
    """Serve until the parent closes the pipe; exit status 3 with one line where it cannot."""
    try:
        chosen = settings.load()
        log.configure(chosen.log_level)
        asyncio.run(until_ended(chosen, host, at_end_of_parent, at_signal))
    except REFUSALS as problem:
        refused(problem)
        return CHILD_REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
