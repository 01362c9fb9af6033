"""The hub on real sockets: calls once and in order, nothing missed after a cut, nobody else held up."""

from __future__ import annotations

import json

import pytest

from models.core.clock import now
from models.core.settings import Settings
from models.core.signals import Hint
from models.operations import calling, hall
from models.queries import live, live_stream
from models.queries.offices import office
from scheduler.live.hub import Hub, Listener, Pace, Told
from scheduler.live.reader import Key
from tests.conftest import BOTH, SQLITE, inside
from tests.scheduler.streams import (
    AOKI,
    DEAF,
    PATH,
    PATIENCE,
    CuttingProxy,
    RunningHub,
    answered,
    hub,
    listener,
    opened,
    serve_one,
    take_numbers,
)

pytestmark = SQLITE


CUT = 12
"""Calls that are heard through a line that is cut."""


class TestStreams:
    @BOTH
    def test_it_begins_with_the_state_as_the_database_has_it(self, running: RunningHub) -> None:
        take_numbers(2)
        number = serve_one()
        with listener(running.port) as stream:
            first = stream.event()
        assert (first.name, first.id) == ("snapshot", live.state(office("honcho"), now()).version)
        assert [one["number"] for one in first.data["calls"]] == [number]
        assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert stream.headers["x-accel-buffering"] == "no"

    def test_a_call_comes_before_the_state_that_shows_it(self, running: RunningHub) -> None:
        take_numbers(1)
        with listener(running.port) as stream:
            stream.event()
            number = serve_one()
            found = stream.until(lambda event: event.name == "queue" and event.data["served_today"] == 1)
        calls = [event for event in found if event.name == "called"]
        assert [(one.data["number"], one.data["kind"], one.data["counter"]) for one in calls] == [
            (number, "call", "1")
        ]
        shown = next(event for event in found if event.name == "queue" and event.data["calls"])
        assert found.index(calls[0]) < found.index(shown)

    @BOTH
    def test_recalls_and_deliveries_have_their_names(self, running: RunningHub) -> None:
        take_numbers(1)
        place = office("honcho")
        with listener(running.port) as stream:
            stream.event()
            called = calling.call_next(place, "1", AOKI)
            assert called is not None
            for action in ("recall", "start", "back_office", "deliver"):
                calling.step(place, called.number, action, AOKI, "1")
            found = stream.until(lambda event: event.data.get("kind") == "deliver")
        told = [(event.name, event.data["kind"]) for event in found if "kind" in event.data]
        assert told == [("called", "call"), ("recalled", "recall"), ("called", "deliver")]

    def test_ids_never_go_back_and_every_event_has_one(self, running: RunningHub) -> None:
        take_numbers(4)
        with listener(running.port) as stream:
            stream.event()
            for _ in range(4):
                serve_one()
            found = stream.until(lambda event: event.name == "queue" and event.data["served_today"] == 4)
        ids = [event.id for event in found]
        assert ids == sorted(ids)

    def test_the_end_of_numbers_is_told_as_closed(self, running: RunningHub) -> None:
        with listener(running.port) as stream:
            was_open = stream.event().data["open"]
            running.call(lambda: [setattr(one, "receiving", True) for one in channels(running)])
            hall.stop_issuing(office("honcho"), AOKI)
            found = stream.until(lambda event: event.data.get("stopped") is True)[-1]
            assert (found.name, found.data["open"]) == ("closed", was_open)
            hall.set_notice(office("honcho"), "また明日お越しください。", AOKI)
            assert stream.until(lambda event: event.data.get("notice") != "")[-1].name == "queue"

    def test_names_are_in_the_language_that_was_asked_for(self, running: RunningHub) -> None:
        names = []
        for language in ("ja", "en", "xx"):
            with listener(running.port, f"{PATH}?lang={language}") as stream:
                names.append(stream.event().data["queues"][0]["name"])
                hall.set_notice(office("honcho"), f"お知らせ {language}", AOKI)
                again = stream.until(lambda event: event.name == "queue")[-1]
                assert again.data["queues"][0]["name"] == names[-1]
        assert names == ["証明書", "Certificates", "証明書"]

    def test_another_offices_calls_are_not_heard(self, running: RunningHub) -> None:
        take_numbers(1)
        with listener(running.port, PATH.replace("honcho", "higashi")) as stream:
            stream.event()
            serve_one()
            hall.set_notice(office("higashi"), "東支所です。", AOKI)
            found = stream.event()
        assert (found.name, found.data["notice"]) == ("queue", "東支所です。")

    def test_nothing_about_a_person_is_ever_in_it(self, running: RunningHub) -> None:
        take_numbers(1)
        with listener(running.port) as stream:
            said = [stream.event().data]
            serve_one()
            said += [event.data for event in stream.until(lambda event: event.data.get("served_today") == 1)]
        text = json.dumps(said, ensure_ascii=False)
        assert "JUM-01" not in text
        assert AOKI not in text

    def test_a_silent_hall_still_beats(self, running: RunningHub) -> None:
        with listener(running.port) as stream:
            stream.event()
            stream.beats()

    def test_it_is_told_again_as_time_goes_by(self, settings: Settings) -> None:
        with (
            hub(settings, pace=Pace(look=60, beat=60, refresh=0.2)) as running,
            listener(running.port) as stream,
        ):
            first = stream.event()
            again = stream.event()
            assert (again.name, again.id) == ("queue", first.id)


class TestHints:
    @BOTH
    def test_a_hint_alone_is_enough(self, settings: Settings) -> None:
        with hub(settings, pace=DEAF) as running, inside(running.settings), listener(running.port) as stream:
            stream.event()
            until_heard(running, stream)

    @BOTH
    def test_a_lost_hint_is_found_by_looking(self, settings: Settings) -> None:
        with hub(settings) as running, listener(running.port) as stream:
            stream.event()
            running.call(lambda: setattr(running.streams.hub, "hint", lambda _: None))
            with inside(settings):
                take_numbers(1)
                number = serve_one()
            assert stream.calls(1) == [number]

    @BOTH
    def test_a_hint_that_lies_changes_nothing(self, running: RunningHub) -> None:
        with listener(running.port) as stream:
            first = stream.event()
            running.call(lambda: running.streams.hub.hint(Hint("maeniwa", "honcho", 10_000)))
            running.call(lambda: running.streams.hub.hint(Hint("nowhere", "honcho", 1)))
            take_numbers(1)
            again = stream.until(lambda event: event.data["queues"][0]["waiting"] == 1)
        assert [event.id for event in again] == sorted(event.id for event in again)
        assert again[-1].id == first.id + 1


def until_heard(running: RunningHub, stream) -> None:
    """Act until the hub has heard of it: PostgreSQL's listener may still be connecting."""
    take_numbers(1)
    number = serve_one()
    while True:
        try:
            event = stream.event(wait=0.5)
        except TimeoutError:
            hall.set_notice(office("honcho"), "もう一度", AOKI)
            continue
        if event.name == "called":
            assert event.data["number"] == number
            return


def channels(running: RunningHub):
    return running.streams.hub._channels.values()


class TestComingBack:
    """F12: the line is cut; whoever comes back with the last id has missed nothing and hears nothing out of order."""

    @pytest.mark.parametrize("by_header", [True, False])
    @BOTH
    def test_what_was_missed_comes_first_and_in_order(self, running: RunningHub, by_header: bool) -> None:
        take_numbers(6)
        with listener(running.port) as stream:
            stream.event()
            heard = [serve_one()]
            assert stream.calls(1) == heard
            seen = stream.seen
        missed = [serve_one() for _ in range(4)]
        headers = {"Last_Event_ID": str(seen)} if by_header else {}
        path = PATH if by_header else f"{PATH}?last_event_id={seen}"
        with listener(running.port, path, **headers) as stream:
            found = stream.until(lambda event: event.name in ("queue", "snapshot"))
            assert [event.data["number"] for event in found[:-1]] == missed
            assert found[-1].name == "queue"
            later = serve_one()
            assert stream.calls(1) == [later]

    def test_through_a_proxy_that_cuts_again_and_again_nothing_is_missed(self, running: RunningHub) -> None:
        proxy = CuttingProxy(running.port, after_bytes=6000)
        take_numbers(CUT)
        wanted, heard, seen = [], [], None
        states: list[int] = []
        while len(heard) < CUT:
            headers = {} if seen is None else {"Last_Event_ID": str(seen)}
            with listener(proxy.port, **headers) as stream:
                try:
                    while len(heard) < CUT:
                        event = stream.event(wait=PATIENCE)
                        seen = event.id
                        if event.name == "called":
                            heard.append(event.data["number"])
                        else:
                            states.append(event.data["version"])
                            assert event.data["served_today"] <= len(heard), "a call is lost"
                        if len(wanted) < CUT and (event.name != "called" or len(wanted) == len(heard)):
                            wanted.append(serve_one())
                except ConnectionError:
                    if len(wanted) < CUT:
                        wanted.append(serve_one())
        proxy.close()
        assert list(dict.fromkeys(heard)) == heard == wanted
        assert states == sorted(states)
        assert proxy.cuts >= 3

    def test_a_gap_that_is_too_large_is_a_snapshot(
        self, running: RunningHub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live, "LARGEST_GAP", 12)
        take_numbers(7)
        with listener(running.port) as stream:
            seen = stream.event().id
        last = [serve_one() for _ in range(6)][-1]
        with listener(running.port, Last_Event_ID=str(seen)) as stream:
            first = stream.event()
        assert first.name == "snapshot"
        assert first.data["calls"][0]["number"] == last

    def test_an_id_that_never_was_is_a_snapshot(self, running: RunningHub) -> None:
        take_numbers(1)
        serve_one()
        for seen in ("999999", "x", "-1", ""):
            with listener(running.port, Last_Event_ID=seen) as stream:
                assert stream.event().name == "snapshot", seen

    def test_a_house_that_was_restored_from_a_backup_tells_everything(self, running: RunningHub) -> None:
        take_numbers(1)
        with listener(running.port) as stream:
            stream.event()
            running.call(lambda: [setattr(one, "version", 500) for one in channels(running)])
            assert stream.until(lambda event: event.name == "snapshot")[-1].id == 1


class TestListener:
    """The one place that decides what a stream is sent, without sockets."""

    def heard(self, *told: Told, opening: int = 5) -> list[bytes]:
        sent: list[bytes] = []
        one = Listener(Key("maeniwa", "honcho"), "ja", sent.append)
        middle = len(told) // 2
        for event in told[:middle]:
            one.tell(event)
        one.begin(opening, b"opening")
        for event in told[middle:]:
            one.tell(event)
        return sent

    def test_what_comes_while_the_opening_is_read_follows_it_unless_the_opening_has_it(self) -> None:
        old, new = Told(5, b"old", "call"), Told(6, b"new", "call")
        assert self.heard(old, new, Told(7, b"7", "call"), Told(8, b"8", "call")) == [
            b"opening", b"new", b"7", b"8",
        ]  # fmt: skip

    def test_no_older_call_follows_a_newer_one(self) -> None:
        assert self.heard(Told(7, b"7", "call"), Told(6, b"6", "call")) == [b"opening", b"7"]

    def test_a_state_may_come_again_and_a_snapshot_always(self) -> None:
        again, back = Told(5, b"again", "state"), Told(1, b"back", "snapshot")
        assert self.heard(again, back) == [b"opening", b"again", b"back"]


@BOTH
def test_a_database_that_does_not_answer_is_said_and_tried_again(settings: Settings, monkeypatch) -> None:
    with hub(settings) as running, inside(running.settings), listener(running.port) as stream:
        stream.event()
        with monkeypatch.context() as broken:
            broken.setattr(live_stream, "missed", fails)
            broken.setattr(live_stream, "opening", fails)
            take_numbers(1)
            number = serve_one()
            assert answered(running.port).status == 503
        assert stream.calls(1) == [number]


def fails(*_: object) -> None:
    raise OSError("gone")


def test_a_hub_that_ends_ends_its_streams(settings: Settings) -> None:
    with hub(settings) as running:
        stream = opened(running.port)
        stream.event()
    with stream.line, pytest.raises(ConnectionError):
        stream.until(lambda _: False)
    assert isinstance(running.streams.hub, Hub)
