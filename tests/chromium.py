"""Browser journeys where there is a browser: the system's Chromium or Playwright's own; CI must have one.

A pytest plugin: without a Chromium tests marked `browser` are skipped and named in the last line of the run.
"""

from __future__ import annotations

import atexit
import functools
import logging
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pylopdf_fonts_hi
import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Playwright, expect, sync_playwright
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

SYSTEM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first is Chromium without its windows: the same pages, opened four times as fast."""
PAGES_PASS = "--js-flags=--no-opt --no-maglev"
"""A page is gone before a compiler that makes its scripts fast has been worth its work: a fifth of a browser's time."""
SHELL = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", PAGES_PASS]
NOT_RUN: pytest.StashKey[list[str]] = pytest.StashKey()
TESTS = Path(__file__).parent
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include>{usual}</include><dir>{folder}</dir></fontconfig>"""
POLL = 0.05
"""Seconds in which a server hears that it is to end."""
PATIENCE = 30_000
"""Milliseconds; what is there comes at once, and only what never comes is waited for so long."""
MARK = "pytest.mark." + "browser"
OPEN = ExitStack()
"""What this process keeps until it ends: Playwright, which cannot be started twice, and the browser of all tests."""
atexit.register(OPEN.close)
KEPT: list[Browser] = []
HINT = "install chromium-headless-shell or chromium, or run `.venv/bin/playwright install chromium`"


@functools.cache
def found() -> str | None:
    """The path of a Chromium that tests can drive; None where there is none."""
    for name in SYSTEM:
        if path := shutil.which(name):
            return path
    try:
        with sync_playwright() as driver:
            own = Path(driver.chromium.executable_path)
    except Error:
        return None
    return str(own) if own.exists() else None


def required() -> bool:
    """Whether a missing Chromium is a failure: on CI it is."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none; refuse to go on without one on CI.

    A journey through a real browser on a crowded machine is tried once more; `-ra` names it, and it is a fault to find.
    """
    journeys = [item for item in items if item.get_closest_marker("browser")]
    for item in journeys:
        item.add_marker(pytest.mark.flaky(reruns=1))
    if not journeys or found():
        return
    if required():
        raise pytest.UsageError(f"no Chromium for {len(journeys)} browser tests: {HINT}")
    config.stash[NOT_RUN] = sorted({item.nodeid.split("::")[0] for item in journeys})
    for item in journeys:
        item.add_marker(pytest.mark.skip(reason="no Chromium"))


def pytest_configure(config: pytest.Config) -> None:
    """Where workers run the tests, the process that speaks to people finds the journeys by their mark."""
    if getattr(config.option, "numprocesses", None) and not found():
        marked = [path for path in TESTS.rglob("test_*.py") if MARK in path.read_text(encoding="utf-8")]
        if required():
            raise pytest.UsageError(f"no Chromium for {len(marked)} files of browser tests: {HINT}")
        config.stash[NOT_RUN] = sorted(str(path.relative_to(TESTS.parent)) for path in marked)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line of a run without a browser says what was not run."""
    OPEN.close()
    if names := config.stash.get(NOT_RUN, []):
        print(f"Browser journeys not run, because no Chromium was found ({HINT}): {', '.join(names)}")  # noqa: T201


@contextmanager
def launched(*more: str) -> Iterator[Browser]:
    """A running Chromium, as root too, that asks nobody outside for anything; with `more` on its command line.

    Without `more` it is the one that this process keeps: what was opened in it is closed in the end.
    """
    if more:
        running = started(*more)
        yield running
        running.close()
        return
    running = kept()
    others = list(running.contexts)
    yield running
    for context in running.contexts:
        if context not in others:
            context.close()


def kept() -> Browser:
    """The browser of all tests of this process; a new one where the last one died."""
    if not KEPT or not KEPT[-1].is_connected():
        KEPT.append(started())
        OPEN.callback(KEPT[-1].close)
    return KEPT[-1]


def started(*more: str) -> Browser:
    """A Chromium that somebody else closes."""
    path = found()
    return driver().chromium.launch(executable_path=path, args=[*SHELL, *more], env=with_letters())


@functools.cache
def driver() -> Playwright:
    """Playwright, running until this process ends; it waits for what is expected as long as a crowded machine needs."""
    expect.set_options(timeout=PATIENCE)
    return OPEN.enter_context(sync_playwright())


@functools.cache
def with_letters() -> dict[str, str | float | bool]:
    """The environment of a browser that can write Nepali on a machine without a font for it, as phones can."""
    usual = Path(os.environ.get("FONTCONFIG_FILE", "/etc/fonts/fonts.conf"))
    if not usual.is_file():
        return {**os.environ}
    file = Path(OPEN.enter_context(TemporaryDirectory())) / "fonts.conf"
    file.write_text(
        FONTS.format(usual=usual, folder=Path(pylopdf_fonts_hi.__file__).parent), encoding="utf-8"
    )
    return {**os.environ, "FONTCONFIG_FILE": str(file)}


@contextmanager
def emptied(browser: Browser) -> Iterator[Browser]:
    """A browser that the next test uses too: whatever was opened in it is closed."""
    yield browser
    for context in browser.contexts:
        context.close()


class Patient(WSGIRequestHandler):
    """Hears for so many seconds whether a browser that connected has something to ask."""

    timeout = 5


class Finishing(ThreadedWSGIServer):
    """What it is still answering when it is closed is waited for: nothing of it may reach into the next test."""

    daemon_threads = False


class Line:
    """An application behind an address of this machine, in this process; the line to it can be cut and mended."""

    def __init__(self, app: Flask) -> None:
        """It answers; the frozen clock is its clock too."""
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        self.app, self.port = app, 0
        self.mend()

    def mend(self) -> None:
        """Answer again, at the same address."""
        self.server = Finishing("127.0.0.1", self.port, self.app, Patient)
        self.port = self.server.port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(POLL,))
        self.thread.start()

    def cut(self) -> None:
        """Nobody listens any more."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """An application behind an address of this machine."""
    line = Line(app)
    yield line.address
    line.cut()
