"""The live line of a real house (`maeniwa serve`): from a counter's press to a board's stream, on both databases."""

from __future__ import annotations

import functools
import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from models.core.settings import Settings
from models.operations import accounts
from scheduler.announcement import Opened
from scheduler.household import EVENTS_PORT, Child, Household, free_events_port, free_port
from scheduler.refusals import NotDone
from tests.conftest import BOTH, SQLITE, copied, inside
from tests.scheduler.processes import House, serving
from tests.scheduler.streams import HOST, PATH, PATIENCE, listener, port_of, until

pytestmark = SQLITE
BOARDS = 100
BOOKINGS = 30


@dataclass(frozen=True)
class Answer:
    """What the main port answered."""

    status: int
    text: bytes
    location: str | None

    def json(self) -> Any:
        """Its body."""
        return json.loads(self.text)


@dataclass
class Live:
    """A running house with its hub's port and a counter's token."""

    house: House
    port: int
    token: str

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """One request to the main port, read to its end."""
        parts = urlsplit(self.house.base)
        line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        sent = None if body is None else json.dumps(body)
        bearer = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        line.request(method, path, sent, bearer | headers)
        got = line.getresponse()
        answer = Answer(got.status, got.read(), got.headers.get("Location"))
        line.close()
        return answer

    def post(self, path: str, body: object = None) -> Any:
        """A call that must be done."""
        answer = self.ask("POST", f"/api/v1/offices/honcho/{path}", body)
        assert answer.status in (200, 201), answer.text
        return answer.json()

    def hub(self) -> psutil.Process:
        """The hub's process."""
        return next(one for one in self.house.tree if "scheduler.hub_process" in one.cmdline())

    def ended(self, number: str) -> None:
        """Who was called goes home: the counter is free for the next test."""
        self.post(f"tickets/{number}/start", {"counter": "1"})
        self.post(f"tickets/{number}/finish")


@contextmanager
def living(settings: Settings, log: Path) -> Iterator[Live]:
    """A house on this installation, with what a counter needs."""
    with inside(settings):
        token = accounts.issue_token("counter", None, "test")
    with serving(settings.instance, log=log, MAENIWA_DATABASE_URL=settings.database_url) as house:
        found = Live(house, 0, token)
        answer = found.ask("GET", f"{PATH}?lang=en")
        assert answer.status == 307
        assert answer.location
        found.port = port_of(answer.location)
        assert answer.location.endswith(f"/m/maeniwa{PATH}?lang=en")
        yield found


@pytest.fixture(scope="module")
def houses(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Live]]:
    """A house on each engine for all tests; it begins when it is asked for."""
    with ExitStack() as stack:

        @functools.cache
        def on(engine: str) -> Live:
            template = request.getfixturevalue(f"{engine}_template")
            folder = tmp_path_factory.mktemp("house")
            settings = stack.enter_context(copied(template, folder / "instance", request))
            return stack.enter_context(living(settings, folder / "stderr"))

        yield on


@pytest.fixture
def live(engine: str, houses: Callable[[str], Live]) -> Live:
    """A running house."""
    return houses(engine)


@BOTH
def test_from_the_press_to_the_board_and_back_after_the_hub_died(live: Live) -> None:
    with listener(live.port) as stream:
        stream.event()
        number = live.post("tickets", {"procedures": ["JUM-01"]})["number"]
        live.post("counters/1/call-next")
        assert stream.calls(1) == [number]
        live.post(f"tickets/{number}/recall", {"counter": "1"})
        assert stream.until(lambda event: event.name == "recalled")[-1].data["number"] == number
        seen = stream.seen
        died = live.hub()
        died.kill()
        with pytest.raises(ConnectionError):
            stream.until(lambda _: False)
    live.ended(number)
    later = live.post("tickets", {"procedures": ["JUM-01"]})["number"]
    live.post("counters/1/call-next")
    until(lambda: live.ask("GET", "/readyz").status == 200 and live.hub().pid != died.pid)
    with listener(live.port, Last_Event_ID=str(seen)) as stream:
        missed = stream.until(lambda event: event.name in ("queue", "snapshot"))
    assert [(event.name, event.data.get("number")) for event in missed[:-1]] == [("called", later)]
    assert missed[-1].name == "queue"
    live.ended(later)


def test_readyz_says_when_the_hub_does_not_answer(live: Live) -> None:
    hub = live.hub()
    hub.suspend()
    try:
        answer = live.ask("GET", "/readyz")
        assert answer.status == 503
        assert "hub" in answer.json()["findings"][0]
        number = live.post("tickets", {"procedures": ["JUM-01"]})["number"]
        live.post(f"tickets/{number}/cancel")
    finally:
        hub.resume()
    until(lambda: live.ask("GET", "/readyz").status == 200)


def test_a_hundred_boards_leave_bookings_alone(live: Live) -> None:
    """F13: the streams belong to the hub; two request threads go on answering."""
    slots = live.ask("GET", "/api/v1/offices/honcho/slots?procedure=JUM-01").json()
    with ExitStack() as stack:
        boards = [stack.enter_context(listener(live.port)) for _ in range(BOARDS)]
        for board in boards:
            board.event()
        number = live.post("tickets", {"procedures": ["JUM-01"]})["number"]
        made = [
            live.ask(
                "POST", "/api/v1/offices/honcho/bookings", booking(slots[place % len(slots)]["starts_at"])
            ).status
            for place in range(BOOKINGS)
        ]
        live.post("counters/1/call-next")
        assert [board.calls(1) for board in boards] == [[number]] * BOARDS
    assert set(made) == {201}
    live.ended(number)


def booking(starts_at: str) -> dict[str, Any]:
    contact = {"name": "マエニワ　アイコ", "email": "aiko@example.jp"}
    return {"procedures": ["JUM-01"], "starts_at": starts_at, "contact": contact}


def test_a_house_without_a_port_for_it_has_no_hub() -> None:
    for port, has in (("8001", True), ("-1", False)):
        house = Household(HOST, 8000, {EVENTS_PORT: port}, with_demo=False)
        assert (house.hub in house.children) is has


def test_the_hubs_port_is_kept_until_the_hub_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Child, "start", lambda _: None)
    port = free_port(HOST, 0)
    house = Household(HOST, 8000, {EVENTS_PORT: str(port)}, with_demo=False)
    with house.running():
        with pytest.raises(NotDone, match=f"port {port}"):
            free_port(HOST, port)
        with (
            pytest.raises(NotDone),
            Household(HOST, 8000, {EVENTS_PORT: str(port)}, with_demo=False).running(),
        ):
            pass
        house.scheduler.answer = Opened({}).line()
        monkeypatch.setattr(Child, "start", lambda child: child is house.hub and free_port(HOST, port))
        monkeypatch.setattr(house, "_ask", lambda: (http.client.OK, ""))
        assert house.wait_until_ready() == Opened({})
    assert free_port(HOST, port) == port


def test_the_hub_stands_beside_the_main_port_or_anywhere_it_can() -> None:
    port = free_port(HOST, 0)
    assert free_events_port(HOST, port, -1) == -1
    assert free_events_port(HOST, port, port) == port
    assert free_events_port(HOST, 65535, 0) not in (0, 65536)
