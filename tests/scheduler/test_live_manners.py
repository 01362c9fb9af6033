"""The hub among strangers: only streams are served, nobody takes all the room, nobody slow holds up the others."""

from __future__ import annotations

import socket
from contextlib import ExitStack

from models.core.settings import Settings
from models.operations import hall
from models.queries.offices import office
from scheduler.live.server import Limits
from tests.conftest import SQLITE, inside
from tests.scheduler.streams import (
    AOKI,
    HOST,
    PATH,
    PATIENCE,
    RunningHub,
    answered,
    hub,
    listener,
    until,
)

pytestmark = SQLITE

NOWHERE = PATH.replace("honcho", "nowhere")
ASKED = (
    ("GET", "/", 404),
    ("GET", PATH + "/", 404),
    ("GET", "/m/maeniwa" + PATH, 200),
    ("GET", "/m/elsewhere" + PATH, 404),
    ("GET", "/m/../etc" + PATH, 404),
    ("GET", NOWHERE, 404),
    ("GET", PATH.replace("honcho", "%68oncho"), 404),
    ("GET", "/healthz", 200),
    ("HEAD", PATH, 200),
    ("HEAD", NOWHERE, 404),
    ("POST", PATH, 405),
    ("DELETE", PATH, 405),
    ("OPTIONS", PATH, 405),
    ("get", PATH, 400),
    ("GET", "http://elsewhere.example.jp" + PATH, 200),
)
NO_REQUESTS = (
    b"", b"GET", b"GET / HTTP/2", b"GET / HTTP/1.1\r\nno colon", b"GET / HTTP/1.1\r\n: x",
    b"GET / HTTP/1.1\r\n folded: x", b"\x00\xff", b"GET /\xe5 HTTP/1.1", b"GET //[ HTTP/1.1",
)  # fmt: skip


class TestManners:
    def test_who_does_not_read_is_dropped_and_the_others_go_on(self, settings: Settings) -> None:
        with (
            hub(settings, Limits(bytes_behind=100_000)) as running,
            inside(running.settings),
            listener(running.port) as slow,
            listener(running.port) as quick,
        ):
            slow.event()
            quick.event()
            address = slow.line.getsockname()

            def flood() -> None:
                for one in tuple(running.streams.connections):
                    if one._transport.get_extra_info("peername") == address:
                        one.send(b":" + b"x" * 65536 + b"\n\n")

            def dropped() -> bool:
                running.call(flood)
                return len(running.streams.connections) == 1

            until(dropped)
            hall.set_notice(office("honcho"), "つづいています。", AOKI)
            assert quick.until(lambda event: event.name == "queue")[-1].data["notice"] == "つづいています。"

    def test_there_is_room_for_so_many_and_one_address_takes_so_much_of_it(self, settings: Settings) -> None:
        with hub(settings, Limits(streams=4, of_one_address=2)) as running, ExitStack() as stack:
            for _ in range(2):
                assert stack.enter_context(listener(running.port)).status == 200
            third = stack.enter_context(listener(running.port))
            assert (third.status, third.headers["retry-after"]) == (429, "5")
            until(lambda: len(running.streams.connections) == 2)
            quiet = [stack.enter_context(socket.create_connection((HOST, running.port))) for _ in range(2)]
            until(lambda: len(running.streams.connections) == 4)
            assert answered(running.port).status == 503
            quiet[0].close()
            until(lambda: len(running.streams.connections) == 3)
            stack.close()
            until(lambda: not running.streams.connections and not running.streams.of_address)
            assert answered(running.port).status == 200

    def test_behind_trusted_proxies_each_visitor_is_an_address(self, settings: Settings) -> None:
        behind = Limits(of_one_address=1)
        with hub(settings, behind) as running:
            running.call(lambda: object.__setattr__(running.streams.settings, "trusted_proxies", 1))
            with ExitStack() as stack:
                told = ["203.0.113.1", "203.0.113.2", "6.6.6.6, 203.0.113.1"]
                found = [stack.enter_context(listener(running.port, X_Forwarded_For=one)) for one in told]
                assert [one.status for one in found] == [200, 200, 429]

    def test_a_request_that_is_never_complete_is_ended(self, settings: Settings) -> None:
        with hub(settings, Limits(head_seconds=0.2)) as running:
            with socket.create_connection((HOST, running.port), PATIENCE) as line:
                line.sendall(b"GET /")
                assert b" 408 " in line.recv(200)
            with socket.create_connection((HOST, running.port), PATIENCE) as line:
                line.sendall(b"GET / HTTP/1.1\r\n" + b"X: " + b"x" * 20_000)
                assert b" 431 " in line.recv(200)

    def test_only_streams_are_served(self, running: RunningHub) -> None:
        for method, path, status in ASKED:
            answer = answered(running.port, path, method)
            assert (method, path, answer.status) == (method, path, status)
            assert answer.headers["x-content-type-options"] == "nosniff"
            if method == "HEAD":
                assert answer.rest == b""
            if status == 405:
                assert answer.headers["allow"] == "GET, HEAD"

    def test_what_is_no_request_is_refused(self, running: RunningHub) -> None:
        for head in NO_REQUESTS:
            with socket.create_connection((HOST, running.port), PATIENCE) as line:
                line.sendall(head + b"\r\n\r\n")
                assert b" 400 " in line.recv(200), head
        for origin, host in (("http://[", HOST), ("http://127.0.0.1", "[")):
            assert answered(running.port, Origin=origin, Host=host).status == 400

    def test_only_this_house_s_pages_may_read_it_in_a_browser(self, settings: Settings) -> None:
        public = "https://city.example.jp"
        with hub(settings) as running:
            running.call(lambda: object.__setattr__(running.streams.settings, "public_url", public + "/"))
            for origin, let in (
                ("http://127.0.0.1:8000", True),
                (public, True),
                ("https://elsewhere.example.jp", False),
                ("http://127.0.0.1.example.jp", False),
                ("null", False),
                ("", False),
            ):
                stream = answered(running.port, **({"Origin": origin} if origin else {}))
                assert stream.headers.get("access-control-allow-origin") == (origin if let else None)
