"""Whatever is sent to whatever changes something, nothing breaks: never a 5xx, never a stack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from models.core.settings import Settings
from tests.conftest import CITY
from tests.races.crowd import sized
from tests.security.addresses import LOGS, address, bodies, roles, routes
from tests.security.forms import UPLOADED, Filling
from tests.security.world import World, populate

FEW, MANY = sized(16, 7), sized(250, 80)
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
TEXTS = st.one_of(
    st.text(LETTERS, max_size=40),
    st.sampled_from(
        ["", " ", "0", "-1", "1e400", "NaN", "true", "null", "2026-02-30", "9999-12-31", "0001-01-01T00:00:00+14:00",
         "令和0年13月32日", "JUM-01", "honcho", "honcho/2", "F02", "A" * 32, "M1" + "A" * 32, "K7FX29MB",
         "𠮷\U000e0100", "9" * 400, "٣", "²", "\u202e", "\ue000", "a\u0301" * 30, "％", "<b>", "{0.__class__}",
         "%(x)s", "/", ".."],
    ),
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, -1, 2**31, 2**63, 10**30, 1e308]),
)  # fmt: skip
PLAIN = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
ANYTHING = st.recursive(
    PLAIN,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=8,
)


def changed(body: Any) -> st.SearchStrategy[Any]:
    """Bodies like this one, with anything in the place of any part of it."""
    if isinstance(body, dict):
        parts = {key: st.one_of(st.just(value), changed(value)) for key, value in body.items()}
        return st.one_of(st.fixed_dictionaries({}, optional=parts), ANYTHING)
    if isinstance(body, list) and body:
        return st.one_of(st.lists(st.one_of(st.just(body[0]), changed(body[0])), max_size=4), ANYTHING)
    return ANYTHING


def everything_sent(
    one: st.SearchStrategy[Any], send: Callable[[Any], Any], most: int = FEW, chance: int = 0
) -> int:
    """Send so many of these, others for another `chance`; how many were sent."""
    sent = 0
    exploring = hypothesis_settings(
        max_examples=most, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip

    @seed(chance)
    @given(one)
    @exploring
    def sending(asked: Any) -> None:
        nonlocal sent
        answer = send(asked)
        assert answer.status_code < 500, (asked, answer.text[:300])
        sent += 1

    sending()
    return sent


@pytest.mark.parametrize("engine", ["postgresql"])
def test_no_body_breaks_a_call_on_postgresql(app: Flask, settings: Settings) -> None:
    """The same there, where a text that SQLite keeps may be refused."""
    bodies_break_nothing(World(settings, app, populate(settings, CITY)))


def test_no_body_breaks_a_call_of_the_api(world: World) -> None:
    bodies_break_nothing(world)


def bodies_break_nothing(world: World) -> None:
    client, sent = world.app.test_client(), 0
    for route in routes(world.app):
        if route.endpoint not in bodies(world.here):
            continue
        to, headers = address(route, world.here), world.headers(roles(world.app, route)[0])

        def send(
            asked: Any, to: str = to, headers: dict[str, str] = headers, method: str = route.method
        ) -> Any:
            return client.open(to, method=method, json=asked, headers=headers)

        sent += everything_sent(changed(bodies(world.here)[route.endpoint]), send, chance=sent)
    assert sent > 7 * FEW


def test_no_text_breaks_a_page(world: World) -> None:
    filling, sent = Filling(world), 0
    for route in filling.pages("sign_in.leave", "sign_in.set_password", "imports.take"):
        boxes = [*filling.boxes(route), "unknown"]

        def send(asked: dict[str, str], route: Any = route) -> Any:
            return filling.send(route, **asked)

        asked = st.dictionaries(st.sampled_from(boxes), TEXTS, max_size=6)
        sent += everything_sent(asked, send, chance=sent)
    assert sent > 18 * FEW


LINES = st.lists(st.lists(TEXTS, max_size=9).map(",".join), max_size=6).map("\n".join)
HEADER = "ticket_id,queue,arrived_at,called_at,finished_at,counter\n"


@pytest.mark.parametrize("header", ["", HEADER])
def test_no_log_breaks_an_import(world: World, header: str) -> None:
    filling = Filling(world)
    page = next(route for route in filling.pages() if route.endpoint == "imports.take")
    call = next(route for route in routes(world.app) if route.endpoint in LOGS)
    content = st.one_of(
        st.binary(max_size=200),
        LINES.map(str.encode),
        LINES.map(lambda text: text.encode("cp932", "replace")),
    )

    def send(asked: bytes) -> Any:
        log = header.encode() + asked
        by_page = filling.send(page, **{UPLOADED: log})
        assert by_page.status_code in (200, 400, 422)
        return world.app.test_client().post(
            address(call, world.here), data=log, content_type="text/csv", headers=world.headers("manager")
        )

    assert everything_sent(content, send) > FEW / 2


def test_no_question_breaks_a_page_or_a_call(world: World) -> None:
    names = (
        "q", "lang", "text", "from", "to", "by", "queue", "span", "office", "share", "within", "procedure", "cards",
        "day", "month", "starts_at", "zip", "scan", "next", "status", "counter", "event", "asked", "mnc",
        "sample", "written",
    )  # fmt: skip
    looking = [route for route in routes(world.app) if route.safe and "static" not in route.endpoint]
    clients = {who: world.browser(who) for who in ("counter", "manager", "administrator", "concierge")}

    def send(asked: tuple[Any, dict[str, str]]) -> Any:
        route, query = asked
        who = roles(world.app, route)[0]
        client = world.app.test_client() if route.api else clients.get(who, world.app.test_client())
        answer = client.get(
            address(route, world.here).partition("?")[0], query_string=query,
            headers=world.headers(who) if route.api else {},
        )  # fmt: skip
        if route.endpoint == "health.ready":
            answer.status_code = 200
        return answer

    asked = st.tuples(st.sampled_from(looking), st.dictionaries(st.sampled_from(names), TEXTS, max_size=5))
    assert everything_sent(asked, send, MANY) > FEW


def test_a_planted_defect_is_found(world: World) -> None:
    """The planted fault: a call that cannot stand a text of more than 30 letters."""

    class Broken:
        status_code, text = 500, "defect"

    class Fine:
        status_code, text = 200, ""

    with pytest.raises(AssertionError):
        everything_sent(TEXTS, lambda text: Broken if len(text) > 30 else Fine, MANY)
