"""I1, I2: too large, too many, too deep, broken: refused before anybody looks at it, and nothing is written."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import quote_from_bytes

import pytest
from flask.testing import FlaskClient

from tests.races.crowd import FULL
from tests.security.addresses import LOGS, PRIVATE, Route, address, bodies, roles, routes, sent
from tests.security.world import PEOPLE, Watch, World
from web.incoming import LARGEST_BODY, LARGEST_IMPORT, MOST_PARTS

T = TypeVar("T")
FORM = "application/x-www-form-urlencoded"
UPLOADS = ("imports.take", "crossing_inside.take", "crossing_keys.take", "crossing_outside.take", *LOGS)
"""Where a whole log may be sent."""
BROKEN: dict[str, bytes] = {
    "a lone byte": b"\xff",
    "half a letter": "宛".encode()[:2],
    "Shift_JIS": "前庭花子".encode("cp932"),
    "UTF-16": "前庭".encode("utf-16"),
    "a surrogate": b"\xed\xa0\x80",
    "an overlong slash": b"\xc0\xaf",
    "beyond Unicode": b"\xf4\x90\x80\x80",
    "NUL": b"a\x00b",
}
NOT_LETTERS = {
    "a lone surrogate": '"\\ud800"',
    "a turned pair": '"\\udc00\\ud800"',
    "NUL": '"\\u0000"',
    "NUL inside": '"a\\u0000b"',
}


def some(nth: int) -> list[tuple[str, bytes]]:
    """A quarter of what is broken, another one at each next address; with RACES=full everything everywhere."""
    return list(BROKEN.items())[0 if FULL else nth % 4 :: 1 if FULL else 4]


def turn(nth: int, ways: Sequence[T]) -> Sequence[T]:
    """One of several ways, another one at each next address; with RACES=full all."""
    return ways if FULL else ways[nth % len(ways) :][:1]


EMPTY = dict.fromkeys(("booking.page", "booking.contact", "booking.confirm", "booking.make"), (302,))
"""Where a form that says nothing at all begins again with the choice of a procedure."""


class Knocking:
    """Sends one thing to every changing address, as whoever may use it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.browsers = {who: world.browser(who) for who in ("nobody", *PEOPLE)}
        self.tokens = {who: world.csrf(client) for who, client in self.browsers.items()}
        self.watch = Watch(world)

    def pages(self) -> Iterator[tuple[Route, FlaskClient, str]]:
        """Every page that takes a form, with a browser and its token."""
        for route in routes(self.world.app):
            if not route.safe and not route.api and not route.terminal:
                who = roles(self.world.app, route)[0]
                yield route, self.browsers[who], self.tokens[who]

    def calls(self) -> Iterator[tuple[Route, Callable[..., Any]]]:
        """Every call that takes JSON, ready to be made."""
        for route in routes(self.world.app):
            if route.endpoint in bodies(self.world.here):
                yield route, self._call(route)

    def _call(self, route: Route) -> Callable[..., Any]:
        headers = self.world.headers(roles(self.world.app, route)[0])

        def made(data: bytes, kind: str = "application/json") -> Any:
            return self.world.app.test_client().open(
                address(route, self.world.here),
                method=route.method,
                headers=headers,
                data=data,
                content_type=kind,
            )

        return made


@pytest.fixture
def knocking(world: World) -> Iterator[Knocking]:
    made = Knocking(world)
    yield made
    made.watch.close()


def refused(knocking: Knocking, what: object, answer: Any, *expected: int) -> None:
    assert answer.status_code in expected, (what, answer.status_code, answer.text[:300])
    assert not knocking.watch.written(), what


def test_i1_a_body_over_the_limit_is_413_everywhere(knocking: Knocking) -> None:
    large = "x" * (LARGEST_BODY + 1)
    for route, client, token in knocking.pages():
        if route.endpoint not in UPLOADS:
            for data in ({"csrf_token": token, "a": large}, {large: "a", "csrf_token": token}):
                refused(knocking, route, client.post(address(route, knocking.world.here), data=data), 413)
            parts = {"csrf_token": token, "file": (BytesIO(large.encode()), "x.txt")}
            answer = client.post(
                address(route, knocking.world.here), data=parts, content_type="multipart/form-data"
            )
            refused(knocking, route, answer, 413)
    for route, call in knocking.calls():
        refused(knocking, route, call(json.dumps({"a": large}).encode()), 413)


def test_i1_an_upload_over_its_limit_is_413(knocking: Knocking) -> None:
    large = b"x" * (LARGEST_IMPORT + 1)
    tried = 0
    for route in routes(knocking.world.app):
        if route.endpoint in UPLOADS:
            to = address(route, knocking.world.here)
            if route.api:
                headers = knocking.world.headers("manager")
                answer = knocking.world.app.test_client().post(
                    to, data=large, content_type="text/csv", headers=headers
                )
            else:
                who = roles(knocking.world.app, route)[0]
                data = {"csrf_token": knocking.tokens[who], "file": (BytesIO(large), "log.csv")}
                answer = knocking.browsers[who].post(to, data=data)
            refused(knocking, route, answer, 413)
            answer.request.environ["wsgi.input"].close()
            tried += 1
    assert tried == len(UPLOADS)


def test_i1_too_many_boxes_are_413_in_either_kind_of_form(knocking: Knocking) -> None:
    boxes = {f"b{nth}": "x" for nth in range(MOST_PARTS + 1)}
    for nth, (route, client, token) in enumerate(knocking.pages()):
        to = address(route, knocking.world.here)
        for kind in turn(nth, (FORM, "multipart/form-data")):
            answer = client.post(to, data={"csrf_token": token, **boxes}, content_type=kind)
            refused(knocking, route, answer, 413)


@pytest.mark.parametrize("depth", [50, 1_000, 30_000])
def test_i1_json_that_is_too_deep_is_400(knocking: Knocking, depth: int) -> None:
    for route, call in knocking.calls():
        for opening, closing in (("[", "]"), ('{"a":', "}")):
            if len(opening) * depth < LARGEST_BODY - depth:
                refused(knocking, route, call((opening * depth + "1" + closing * depth).encode()), 400)


def test_i1_a_form_hidden_in_a_form_or_a_false_length_breaks_nothing(knocking: Knocking) -> None:
    kinds = (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x",
    )
    for nth, (route, client, token) in enumerate(knocking.pages()):
        to = address(route, knocking.world.here)
        for kind in turn(nth, kinds):
            answer = client.post(
                to, data=b"--x\r\nContent-Disposition: form-data\r\n" * 30, content_type=kind
            )
            refused(knocking, route, answer, 400, *EMPTY.get(route.endpoint, ()))
        body = f"csrf_token={token}".encode()
        length = {"CONTENT_LENGTH": str(10**12)}
        answer = client.post(to, data=body, content_type=FORM, environ_overrides=length)
        refused(knocking, route, answer, 400, 413)


def test_i1_json_with_too_many_parts_is_413_and_takes_no_memory(knocking: Knocking) -> None:
    """At most 20 MB more at its highest, for bodies that unfold to as much as they can."""
    wide = json.dumps({f"k{nth}": [[]] for nth in range(1_001)}).encode()
    flat = json.dumps([[]] * 20_000).encode()
    for route, call in knocking.calls():
        refused(knocking, route, call(wide), 413)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for route, call in knocking.calls():
        refused(knocking, route, call(flat), 413)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


def test_i2_a_form_in_another_encoding_is_400(knocking: Knocking) -> None:
    for nth, (route, client, token) in enumerate(knocking.pages()):
        to = address(route, knocking.world.here)
        for name, bad in some(nth):
            escaped = quote_from_bytes(bad).encode()
            for text in turn(nth, (b"name=" + bad, b"name=" + escaped, escaped + b"=x")):
                body = f"csrf_token={token}&".encode() + text
                refused(knocking, (route, name), client.post(to, data=body, content_type=FORM), 400)


def multipart(token: str, name: bytes, value: bytes) -> bytes:
    """A form of two parts as bytes."""
    parts = ((b"csrf_token", token.encode()), (name, value))
    return (
        b"".join(
            b'--x\r\nContent-Disposition: form-data; name="' + key + b'"\r\n\r\n' + text + b"\r\n"
            for key, text in parts
        )
        + b"--x--\r\n"
    )


def test_i2_a_form_of_parts_in_another_encoding_is_400(knocking: Knocking) -> None:
    for nth, (route, client, token) in enumerate(knocking.pages()):
        to = address(route, knocking.world.here)
        for name, bad in some(nth):
            for part in turn(nth // 4, ((b"name", bad), (b"a" + bad.replace(b"\x00", b"") + b"\xff", b"x"))):
                body = multipart(token, *part)
                answer = client.post(to, data=body, content_type="multipart/form-data; boundary=x")
                refused(knocking, (route, name, part), answer, 400, *EMPTY.get(route.endpoint, ()))


def test_i2_json_in_another_encoding_is_400(knocking: Knocking) -> None:
    for route, call in knocking.calls():
        for name, bad in BROKEN.items():
            refused(knocking, (route, name), call(b'{"a": "' + bad + b'"}'), 400)
        for name, text in NOT_LETTERS.items():
            refused(knocking, (route, name), call(f'{{"a": {text}}}'.encode()), 400)
            refused(knocking, (route, name), call(f"{{{text}: 1}}".encode()), 400)
        for text in ("", "{", '{"a":1,}', "NaN", '{"a": Infinity}', '{"a":1,"a":2}', "\ufeff{}", "{'a':1}"):
            expected = (400,) if text else (200, 201, 204, 409, 422)
            answer = call(text.encode())
            assert answer.status_code in expected, (route, text)
            knocking.watch.written()
        refused(knocking, route, call("{}".encode("utf-16"), "application/json; charset=utf-16"), 400)


def test_i2_an_address_with_broken_letters_is_400(world: World, watch: Watch) -> None:
    client = world.app.test_client()
    for nth, route in enumerate(routes(world.app)):
        for place in [one for one in route.places if one in PRIVATE]:
            for name, bad in some(nth):
                marked = address(route, world.here, **{place.replace("/", "_"): "HERE"}).partition("?")[0]
                path = marked.encode().replace(b"HERE", bad).decode("latin-1")
                answer = client.open(
                    f"{world.here.prefix}/", method=route.method, environ_overrides={"PATH_INFO": path},
                    headers=world.headers(roles(world.app, route)[0]), **sent(route, world.here) if route.api else {},
                )  # fmt: skip
                assert answer.status_code == 400, (route, name, answer.status_code)
                assert not watch.written()


def test_i2_a_question_with_broken_letters_is_400(world: World) -> None:
    client = world.app.test_client()
    for nth, route in enumerate(routes(world.app)):
        if route.safe and "static" not in route.endpoint:
            for name, bad in some(nth):
                for query in (b"q=" + bad, quote_from_bytes(bad).encode() + b"=x"):
                    answer = client.get(
                        address(route, world.here).partition("?")[0]
                        + "?"
                        + quote_from_bytes(query, safe="=%"),
                        headers=world.headers(roles(world.app, route)[0]),
                    )
                    assert answer.status_code == 400, (route, name)


HEADERS = (
    ("Cookie", "session=\xff\xfe; text=\xff; lang=\x80"), ("Cookie", "session=" + "A" * 5000), ("Cookie", ";=;\xff="),
    ("Authorization", "Bearer \xff\xfe"), ("Authorization", "Bearer " + "A" * 32), ("Authorization", "Basic \xff"),
    ("Authorization", "Bearer"), ("Authorization", "\xff"), ("Accept-Language", "\xff,ja;q=x,*;q=9"),
    ("User-Agent", "\x1b[31m\xff"), ("If-None-Match", '"\xff"'), ("If-None-Match", "W/" + "A" * 3000),
    ("Range", "bytes=9-1"), ("Accept", "\xff/\xff"), ("Content-Type", "application/json; charset=\xff"),
    ("X-Forwarded-For", "\xff"), ("Host", "\xff.example"), ("Host", "a b"), ("Host", ""), ("Idempotency-Key", "\xff"),
)  # fmt: skip


def test_i2_headers_of_any_bytes_break_nothing(world: World, watch: Watch) -> None:
    """Each header at every tenth address, so that every address gets some of them."""
    client = world.app.test_client()
    looking = [route for route in routes(world.app) if route.safe and "static" not in route.endpoint]
    for nth, (name, value) in enumerate(HEADERS):
        for route in looking[nth % 10 :: 10]:
            if route.endpoint != "health.ready":
                environ = {f"HTTP_{name.upper().replace('-', '_')}": value}
                answer = client.get(address(route, world.here), environ_overrides=environ)
                assert answer.status_code < 500, (route, name, value)
    assert not watch.written()
