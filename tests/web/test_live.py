"""The live client in a real browser, against a server that is really stopped, slow, or behind."""

from __future__ import annotations

import json
import queue
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.repository import ROOT
from tests.chromium import launched

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser

LIVE = ROOT / "web/static/live.js"
PAGE = """<!doctype html><title>live</title><script type="module">
import { follow } from "/live.js";
window.seen = { states: [], calls: [], stale: [] };
window.line = follow({ poll: "/state", stream: "%s", hints: location.pathname === "/with-hints", every: 2000,
  onState: (state) => seen.states.push(state.version),
  onCall: (call) => seen.calls.push(call.number + " " + call.kind),
  onStale: (stale, since) => seen.stale.push([stale, since.getTime()]) });
</script>"""


class Line:
    """A server with one line: what it answers is set by the test; stopping it closes every socket."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {
            "version": 1,
            "day": "2026-11-24",
            "as_of": "2026-11-24T09:00:00+09:00",
            "queues": [],
            "calls": [],
        }
        self.asked: list[str] = []
        self.status = 200
        self.streams = True
        self.listeners: list[queue.Queue[str | None]] = []
        self.open: set[socket.socket] = set()
        self.port = 0
        self.start()

    def start(self) -> None:
        line = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                line.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def process_request(self, request: Any, client_address: Any) -> None:
                line.open.add(request)
                super().process_request(request, client_address)

            def handle_error(self, *_: Any) -> None:
                pass

        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
        for listener in self.listeners:
            listener.put(None)
        self.listeners.clear()
        for one in self.open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.open.clear()

    def answer(self, asked: BaseHTTPRequestHandler) -> None:
        if asked.path == "/events":
            self.stream(asked)
        elif asked.path == "/state":
            self.poll(asked)
        elif asked.path == "/live.js":
            self.send(asked, 200, LIVE.read_bytes(), "text/javascript")
        else:
            stream = "/events" if asked.path.startswith("/with-") else ""
            self.send(asked, 200, (PAGE % stream).encode(), "text/html")

    def poll(self, asked: BaseHTTPRequestHandler) -> None:
        tag = f'"{self.state["version"]}"'
        known = asked.headers.get("If-None-Match", "")
        self.asked.append(known)
        if self.status != 200:
            self.send(asked, self.status, b"", "text/plain", {"Retry-After": "3"})
        elif known == tag:
            self.send(asked, 304, b"", "application/json", {"ETag": tag})
        else:
            self.send(asked, 200, json.dumps(self.state).encode(), "application/json", {"ETag": tag})

    def stream(self, asked: BaseHTTPRequestHandler) -> None:
        if not self.streams:
            self.send(asked, 503, b"", "text/plain")
            return
        mine: queue.Queue[str | None] = queue.Queue()
        asked.send_response(200)
        asked.send_header("Content-Type", "text/event-stream")
        asked.end_headers()
        asked.wfile.write(b"retry: 500\n\n")
        self.listeners.append(mine)
        while (text := mine.get()) is not None:
            asked.wfile.write(text.encode())
        asked.close_connection = True

    @staticmethod
    def send(
        asked: BaseHTTPRequestHandler,
        status: int,
        body: bytes,
        kind: str,
        headers: dict[str, str] | None = None,
    ) -> None:
        asked.send_response(status)
        asked.send_header("Content-Type", kind)
        asked.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            asked.send_header(name, value)
        asked.end_headers()
        if status != 304:
            asked.wfile.write(body)

    def call(self, version: int, number: str, kind: str = "call", tell: bool = False) -> None:
        """A counter calls; `tell` sends the event too."""
        one = {"version": version, "number": number, "counter": "3", "kind": kind, "at": self.state["as_of"]}
        self.state = {**self.state, "version": version, "calls": [one, *self.state["calls"]]}
        if tell:
            self.tell("recalled" if kind == "recall" else "called", one)

    def tell(self, event: str, data: Any) -> None:
        for listener in self.listeners:
            listener.put(f"event: {event}\ndata: {json.dumps(data)}\n\n")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as running:
        yield running


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.stop()


@pytest.fixture
def opened(browser: Any, line: Line) -> Iterator[Any]:
    context = browser.new_context()

    def at(path: str = "/") -> Any:
        tab = context.new_page()
        tab.clock.install()
        tab.goto(f"http://127.0.0.1:{line.port}{path}")
        tab.wait_for_function("window.seen && seen.states.length > 0")
        return tab

    yield at
    context.close()


def seen(tab: Any, what: str) -> Any:
    return tab.evaluate(f"seen.{what}")


def until(tab: Any, condition: str) -> None:
    """Let the page's clock run until this is true; the network is real."""
    for _ in range(250):
        if tab.evaluate(condition):
            return
        tab.clock.run_for(500)
    tab.wait_for_function(condition, timeout=5000)


def polled(tab: Any, line: Line, times: int) -> None:
    """Let the page's clock run until the server was asked so often."""
    for _ in range(100):
        if len(line.asked) >= times:
            return
        tab.clock.run_for(500)
        tab.wait_for_timeout(10)
    raise AssertionError(f"asked {len(line.asked)} of {times} times")


def listening(tab: Any, line: Line) -> None:
    """Until the stream is open."""
    for _ in range(500):
        if line.listeners:
            return
        tab.wait_for_timeout(10)
    raise AssertionError("no stream")


def test_it_asks_again_and_an_unchanged_line_is_answered_by_its_tag(line, opened):
    tab = opened()
    polled(tab, line, 4)
    assert line.asked[0] == ""
    assert set(line.asked[1:]) == {'"1"'}
    assert seen(tab, "states") == [1]
    assert seen(tab, "stale") == []


def test_only_calls_that_came_after_the_page_are_told_each_once_and_in_order(line, opened):
    line.call(2, "A001")
    tab = opened()
    line.call(3, "A002")
    line.call(4, "B001")
    until(tab, "seen.states.at(-1) === 4")
    assert seen(tab, "calls") == ["A002 call", "B001 call"]
    line.call(5, "A002", "recall")
    until(tab, "seen.states.at(-1) === 5")
    assert seen(tab, "calls") == ["A002 call", "B001 call", "A002 recall"]


def test_a_call_of_the_stream_is_told_at_once_and_not_again_by_the_poll(line, opened):
    tab = opened("/with-stream")
    listening(tab, line)
    line.call(2, "A001", tell=True)
    tab.wait_for_function("seen.calls.length === 1")
    tab.wait_for_function("seen.states.at(-1) === 2")
    polled(tab, line, len(line.asked) + 3)
    assert seen(tab, "calls") == ["A001 call"]


def test_a_dropped_stream_leaves_polling_and_comes_back(line, opened):
    tab = opened("/with-stream")
    listening(tab, line)
    line.streams = False
    for listener in line.listeners:
        listener.put(None)
    line.listeners.clear()
    line.call(2, "A001")
    until(tab, "seen.calls.length === 1")
    assert seen(tab, "stale") == []
    line.streams = True
    for _ in range(60):
        tab.clock.run_for(1000)
        if line.listeners:
            break
    line.call(3, "A002", tell=True)
    tab.wait_for_function("seen.calls.length === 2")


def test_it_says_stale_after_fifteen_seconds_without_a_server_and_heals(line, opened):
    tab = opened()
    line.stop()
    tab.clock.run_for(14000)
    assert seen(tab, "stale") == []
    tab.clock.run_for(2500)
    until(tab, "seen.stale.length === 1")
    stale, since = seen(tab, "stale")[0]
    assert stale is True
    assert 14000 < tab.evaluate("Date.now()") - since < 18000
    line.call(2, "A001")
    line.start()
    until(tab, "seen.stale.length === 2")
    assert seen(tab, "stale")[1][0] is False
    assert seen(tab, "calls") == ["A001 call"]


def test_an_older_state_is_never_shown_and_is_no_answer(line, opened):
    line.call(7, "A001")
    tab = opened()
    line.state = {**line.state, "version": 5, "calls": []}
    until(tab, "seen.stale.length === 1")
    assert seen(tab, "states") == [7]
    line.call(8, "A002")
    until(tab, "seen.stale.length === 2")
    assert seen(tab, "states") == [7, 8]


def test_what_was_restored_is_shown_when_nothing_newer_comes_for_a_minute(line, opened):
    line.call(7, "A001")
    tab = opened()
    line.state = {**line.state, "version": 5, "calls": []}
    until(tab, "seen.stale.length === 2")
    assert seen(tab, "states") == [7, 5]
    line.call(6, "A002")
    until(tab, "seen.states.at(-1) === 6")
    assert seen(tab, "calls") == ["A002 call"]


def test_a_whole_state_of_the_stream_is_an_answer(line, opened):
    tab = opened("/with-stream")
    listening(tab, line)
    line.call(2, "A001")
    line.tell("queue", line.state)
    tab.wait_for_function("seen.states.at(-1) === 2 && seen.calls.length === 1")


def test_with_hints_it_makes_the_poll_ask_at_once(line, opened):
    tab = opened("/with-hints")
    listening(tab, line)
    line.call(2, "A001")
    asked = len(line.asked)
    line.tell("queue", {**line.state, "version": 99})
    tab.wait_for_function("seen.states.at(-1) === 2")
    assert len(line.asked) > asked


def test_another_day_begins_anew(line, opened):
    line.call(7, "A001")
    tab = opened()
    line.state = {**line.state, "day": "2026-11-25", "version": 8, "calls": []}
    until(tab, "seen.states.at(-1) === 8")
    line.state = {**line.state, "day": "2026-11-24", "version": 99}
    until(tab, "seen.stale.length === 1")
    assert seen(tab, "states") == [7, 8]


def test_a_busy_server_is_asked_less_often(line, opened):
    tab = opened()
    line.status = 503
    line.asked.clear()
    for _ in range(20):
        tab.clock.run_for(1000)
        tab.wait_for_timeout(15)
    assert 2 <= len(line.asked) <= 7


def test_it_knows_the_servers_clock(line, opened):
    tab = opened()
    tab.clock.set_system_time("2031-01-01T00:00:00Z")
    line.call(2, "A001")
    until(tab, "seen.states.at(-1) === 2")
    assert re.match("20(?!31)", tab.evaluate("line.now().toISOString()"))


def test_it_forgets_what_it_told_long_ago(line, opened):
    tab = opened()
    for version in range(2, 260):
        line.call(version, f"A{version:03d}")
        line.state["calls"] = line.state["calls"][:12]
        if version % 10 == 0:
            until(tab, f"seen.states.at(-1) === {version}")
    until(tab, "seen.states.at(-1) === 259")
    assert len(seen(tab, "calls")) == len(set(seen(tab, "calls"))) == 258


def test_stopped_it_asks_no_more(line, opened):
    tab = opened()
    tab.evaluate("line.stop()")
    asked = len(line.asked)
    tab.clock.run_for(60000)
    assert len(line.asked) == asked
    assert seen(tab, "stale") == []


def test_the_client_stays_small():
    assert Path(LIVE).stat().st_size < 9000
