"""W7, W8, W10, I12: errors tell nothing, nobody's word is taken for where they are or who they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

import pytest
from flask import Flask
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy.exc import OperationalError

from models.core import directory
from models.core.settings import Settings
from tests.security.addresses import LIBRARIES, address, bodies, roles, routes, sent
from tests.security.crawling import Look
from tests.security.test_answers import missing_headers
from tests.security.world import Watch, World, running
from tests.web.people import token_of
from web.account import credentials

SECRETS = ("SELECT contact FROM booking", "/srv/maeniwa/keys/master.key", "カエデノ　オナ", "hunter2hunter2")
TOLD = (
    *SECRETS,
    "Traceback",
    "RuntimeError",
    "OperationalError",
    "ZeroDivision",
    ".py",
    "sqlite",
    "werkzeug",
    "site-packages",
)
EVIL = "evil.example"


class Odd(RuntimeError):
    """A defect whose text holds everything that must not be told."""


def broken(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def failing(**_: Any) -> Any:
        raise Odd(" ".join(SECRETS))

    return failing


def seen(answer: Any, route: Any) -> Look:
    headers = {name.title(): value for name, value in answer.headers.items()}
    return Look(
        "", "maeniwa", route.method, route.rule, route.endpoint, answer.status_code, headers, (), answer.data
    )


def test_w10_a_defect_behind_any_address_tells_nothing(world: World, watch: Watch, capfd: Any) -> None:
    for endpoint, view in list(world.app.view_functions.items()):
        world.app.view_functions[endpoint] = broken(view)
    client = world.app.test_client()
    token = world.csrf_without_pages(client)
    bodies_seen: dict[bool, set[str]] = {True: set(), False: set()}
    for route in routes(world.app):
        who = roles(world.app, route)[0]
        given: dict[str, Any] = sent(route, world.here) if route.api else {}
        if not route.api and not route.safe:
            given = {"data": {"csrf_token": token}}
        answer = client.open(
            address(route, world.here), method=route.method, headers=world.headers(who), **given
        )
        assert answer.status_code == 500, route
        assert answer.mimetype == ("application/problem+json" if route.api else "text/html")
        assert not [text for text in TOLD if text in answer.text], (route, answer.text)
        if route.endpoint not in LIBRARIES:
            assert not missing_headers(seen(answer, route))
        bodies_seen[route.api].add(answer.text)
    assert len(bodies_seen[True]) == 1
    assert not watch.written()
    logged = capfd.readouterr().err
    assert not [text for text in SECRETS if text in logged], "nor is it logged"


def test_w10_a_database_that_does_not_answer_is_503_and_says_nothing_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> Any:
        raise OperationalError(SECRETS[0], {"token": SECRETS[3]}, RuntimeError(SECRETS[1]))

    monkeypatch.setattr(directory, "municipalities", away)
    client = world.app.test_client()
    for route in routes(world.app):
        if route.endpoint in (*LIBRARIES, "health.alive"):
            continue
        given: dict[str, Any] = {"json": {}} if route.api and not route.safe else {}
        answer = client.open(address(route, world.here), method=route.method, **given)
        assert answer.status_code == 503 or (answer.status_code == 400 and not route.safe), (
            route,
            answer.text,
        )
        assert not [text for text in TOLD if text in answer.text], route


@pytest.mark.parametrize("door", ["/api/v1", ""])
@pytest.mark.parametrize(
    ("status", "asked"),
    [
        (400, {"path": "/offices?x=%ff"}),
        (404, {"path": "/nothing/here"}),
        (405, {"path": "/offices", "method": "PUT"}),
        (413, {"path": "LARGE", "method": "POST", "data": {"a": "x" * 70_000}}),
    ],
)
def test_w2_w10_errors_of_the_protocol_carry_the_headers_and_echo_nothing(
    world: World, door: str, status: int, asked: dict[str, Any]
) -> None:
    large = {"/api/v1": "/offices/honcho/bookings", "": "/book/confirm"}[door]
    path, rest = (
        asked["path"].replace("LARGE", large),
        {name: asked[name] for name in asked if name != "path"},
    )
    answer = world.app.test_client().open(
        f"{world.here.prefix}{door}{path}", headers={"User-Agent": EVIL, "Accept": "*/*"}, **rest
    )
    route = routes(world.app)[0]
    assert answer.status_code == status
    assert not missing_headers(seen(answer, route))
    assert not [text for text in (*TOLD, EVIL, "nothing/here") if text in answer.text]
    kind = "application/problem+json" if door else "text/html"
    assert answer.mimetype == kind


def test_i2_another_kind_of_body_is_415(world: World, watch: Watch) -> None:
    kinds: list[dict[str, str]] = [{"Content-Type": kind} for kind in ("text/plain", "application/xml", "x")]
    writing = [route for route in routes(world.app) if route.endpoint in bodies(world.here)]
    for headers in ({}, *kinds):
        for route in writing:
            answer = world.app.test_client().open(
                address(route, world.here), method=route.method, data=b"<a/>",
                headers={**world.headers(roles(world.app, route)[0]), **headers},
            )  # fmt: skip
            assert answer.status_code == 415, route
            assert not watch.written()


@pytest.fixture
def another(world: World, clock: FrozenDateTimeFactory) -> Any:
    """The same installation with other settings."""
    made: list[Flask] = []

    def changed(**changes: Any) -> World:
        settings: Settings = replace(world.settings, **changes)
        app = running(settings)
        made.append(app)
        return World(settings, app, world.here, world.there)

    yield changed
    for app in made:
        app.extensions["maeniwa"].close()


def guess(world: World, times: int, forwarded: Callable[[int], dict[str, str]]) -> int:
    """So many wrong passwords, each for another name; the last answer."""
    client, page = world.app.test_client(), f"{world.here.prefix}/staff/sign-in"
    token = token_of(client.get(page))
    status = 0
    for nth in range(times):
        data = {"csrf_token": token, "username": f"who{nth}", "password": "wrong"}
        status = client.post(page, data=data, headers=forwarded(nth)).status_code
    return status


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        (0, lambda nth: {"X-Forwarded-For": f"203.0.113.{nth}"}, 429),
        (0, lambda nth: {"X-Real-IP": f"203.0.113.{nth}", "Forwarded": f"for=203.0.113.{nth}"}, 429),
        (1, lambda nth: {"X-Forwarded-For": f"203.0.113.{nth}"}, 401),
        (1, lambda nth: {"X-Forwarded-For": f"198.51.100.{nth}, 203.0.113.7"}, 429),
        (2, lambda nth: {"X-Forwarded-For": f"198.51.100.{nth}, 203.0.113.7"}, 401),
        (1, lambda nth: {"X-Real-IP": f"203.0.113.{nth}", "Client-IP": f"203.0.113.{nth}"}, 429),
    ],
)
def test_w7_only_a_trusted_proxy_says_where_somebody_is(
    another: Any, monkeypatch: pytest.MonkeyPatch, hops: int, forwarded: Any, expected: int
) -> None:
    monkeypatch.setattr(credentials, "signed_in", lambda *_: None)
    assert guess(another(trusted_proxies=hops), 52, forwarded) == expected


def hosts(headers: dict[str, str], world: World) -> str:
    """Everything that an answer says about addresses, asked for under a false host."""
    client, prefix = world.app.test_client(), world.here.prefix
    body = bodies(world.here)
    said = [
        *(
            client.post(f"{prefix}/api/v1/offices/honcho/{kind}", json=body[endpoint], headers=headers)
            for kind, endpoint in (("bookings", "api_bookings.book"), ("applications", "api_applications.file"))
        ),
        *(
            client.get(f"{prefix}{path}", headers=headers)
            for path in (
                f"/api/v1/bookings/{world.here.mine.booking}", f"/bookings/{world.here.mine.booking}", "/counter/",
                f"/api/v1/bookings/{world.here.mine.booking}/calendar.ics", "/book/", "/staff/sign-in", "/nothing",
            )
        ),
    ]  # fmt: skip
    return "\n".join(f"{answer.headers}{answer.text}".replace("\r\n ", "") for answer in said)


@pytest.mark.parametrize(
    "headers",
    [{"Host": EVIL}, {"Host": f"{EVIL}:8080"}, {"X-Forwarded-Host": EVIL}, {"Forwarded": f"host={EVIL}"}],
)
def test_w8_addresses_are_the_installations_own_whatever_host_was_asked_for(
    another: Any, headers: dict[str, str]
) -> None:
    said = hosts(headers, another(public_url="https://yoyaku.city.example.jp"))
    assert EVIL not in said
    assert "https://yoyaku.city.example.jp/m/maeniwa/bookings/" in said


def test_w8_without_a_public_address_a_forwarded_host_is_not_believed(world: World) -> None:
    assert EVIL not in hosts({"X-Forwarded-Host": EVIL}, world)


NEXT = (
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example",
    "https://evil.example", "http:///evil.example", "javascript:alert(1)", "%2f%2fevil.example", "/%2fevil.example",
    "/%5cevil.example", "/counter/../..//evil.example", "/counter/%0d%0aLocation:%20//evil.example", "\t//evil.example",
    " //evil.example", "/\t/evil.example", "//evil.example/counter/", "/counter/@evil.example", "evil.example",
    "//\u3002evil.example", "/m/tonari/counter/", "http://localhost//evil.example", "?next=//evil.example", "",
)  # fmt: skip


def test_i12_no_address_sends_anybody_elsewhere(world: World) -> None:
    client = world.app.test_client()
    for route in routes(world.app):
        if not route.safe or route.endpoint in LIBRARIES or route.api:
            continue
        for place in ("//evil.example", "https://evil.example/x"):
            asked = dict.fromkeys(("next", "url", "return", "redirect", "to", "back"), place)
            answer = client.get(address(route, world.here), query_string=asked)
            to = answer.headers.get("Location", f"{world.here.prefix}/")
            assert to.startswith(f"{world.here.prefix}/"), route
            assert f'href="{place}'.encode() not in answer.data


def test_i12_signing_in_leads_to_ones_own_pages_only(world: World) -> None:
    page = f"{world.here.prefix}/staff/sign-in"
    for place in NEXT:
        client = world.app.test_client()
        shown = client.get(page, query_string={"next": place})
        data = {
            "csrf_token": token_of(shown),
            "username": "ben",
            "password": "niwa no ishi wa shizuka",
            "next": place,
        }
        answer = client.post(page, data=data)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith(f"{world.here.prefix}/counter/"), place
        assert EVIL not in answer.headers["Location"]


def test_w10_a_watch_sees_what_is_written(world: World) -> None:
    """The planted fault for every test that says nothing was written."""
    watch = Watch(world)
    world.execute("UPDATE staff SET name = name || '+'")
    assert watch.written()
    assert not watch.written()
    watch.close()
