"""The web process: the pages and the API behind granian, or waitress where granian has no wheel.

Run by `maeniwa serve` as `python -m scheduler.web_process HOST PORT`; the settings come from the environment.
"""

from __future__ import annotations

import _thread
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from multiprocessing.connection import wait
from typing import Any, Protocol

from models.core.settings import BadSetting
from scheduler.lifeline import at_end_of_parent
from scheduler.refusals import refused

ROOF = ("wsgi", "create_app")
BACKLOG = 1024
THREADS = 2
"""Few threads and one writer lock give the shortest tail on SQLite (docs/adr/0010)."""
WAITRESS_THREADS = 4


class Opening(Protocol):
    """What the web process waits for: the parent's word that tables are current."""

    def set(self) -> None:
        """The word was given."""

    def wait(self) -> object:
        """Wait for the word."""


def application(opening: Opening) -> Callable[..., Any]:
    """The product as a WSGI application, once it may be used; ends this process where a setting is bad."""
    module, factory = ROOF
    gc.disable()
    try:
        made: Callable[..., Any] = getattr(import_module(module), factory)()
    except BadSetting as problem:
        sys.exit(refused(problem))
    gc.freeze()  # what was loaded stays until the end: to look for garbage in it takes a seventh of the start
    gc.enable()
    opening.wait()
    return made


def application_of_worker(opening: Opening) -> Callable[..., Any]:
    """The same in granian's worker process, which must not outlive the process that started it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel
        threading.Thread(target=lambda: (wait([sentinel]), os._exit(1)), name="lifeline", daemon=True).start()
    return application(opening)


def with_granian(host: str, port: int) -> None:
    """Serve until the parent closes the pipe; no access log, because addresses carry tokens."""
    granian = import_module("granian")
    constants = import_module("granian.constants")
    multiprocessing.set_start_method("spawn", force=True)
    opening = multiprocessing.Event()
    server = granian.Granian(
        ":".join(ROOF),
        host,
        port,
        interface=constants.Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        websockets=False,
        log_enabled=False,
        log_access=False,
        factory=True,
    )
    at_end_of_parent(lambda: server.signal_handler_interrupt(None, None), opening.set)
    server.serve(target_loader=partial(application_of_worker, opening), wrap_loader=False)


def with_waitress(host: str, port: int) -> None:
    """Serve until the parent closes the pipe, in pure Python."""
    waitress = import_module("waitress")
    opening = threading.Event()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job inherits it ignored
    at_end_of_parent(_thread.interrupt_main, opening.set)
    made = application(opening)
    waitress.serve(made, host=host, port=port, threads=WAITRESS_THREADS, backlog=BACKLOG, ident=None)


def main(host: str, port: int) -> None:
    """Serve with the faster server that is installed."""
    (with_granian if find_spec("granian") else with_waitress)(host, port)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
