"""W1: a change needs the form's own token and a page of this site; what residents typed is never lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from flask.testing import FlaskClient

from tests.security.addresses import Route, address, roles, routes, sent
from tests.security.crawling import Tags
from tests.security.world import HOME, PEOPLE, Watch, World

TYPED = "けんさ"
TEXTS = ("text", "tel", "email", "search", "")


def changing(world: World) -> list[Route]:
    """Every page that changes something; a kiosk's requests are signed instead, which its own tests show."""
    return [route for route in routes(world.app) if not (route.safe or route.api or route.terminal)]


def test_w1_every_change_needs_the_forms_own_token(world: World) -> None:
    foreign = world.csrf(world.app.test_client())
    clients = {who: world.browser(who) for who in ("nobody", *PEOPLE)}
    for client in clients.values():
        world.csrf(client)
    watch, tried = Watch(world), 0
    for route in changing(world):
        client = clients[roles(world.app, route)[0]]
        for token in (None, "", "x", foreign, foreign[:-1], "A" * 5000):
            data = {"procedure": "JUM-01", **({"csrf_token": token} if token is not None else {})}
            answer = client.post(address(route, world.here), data=data)
            assert answer.status_code == 400, (route, token)
            assert not watch.written(), (route, token)
            tried += 1
    watch.close()
    assert tried > 150


def test_w1_an_expired_form_of_something_unknown_is_an_ordinary_404(world: World) -> None:
    client = world.app.test_client()
    for route in changing(world):
        if "bookings/token" in route.places:
            for known in ({"bookings_token": "A" * 32}, {"form": "F99"} if "form" in route.places else {}):
                if known:
                    assert client.post(address(route, world.here, **known)).status_code == 404, route


def test_w1_the_right_token_is_taken_so_that_the_refusals_mean_something(world: World) -> None:
    clients = {who: world.browser(who) for who in ("nobody", *PEOPLE)}
    for route in changing(world):
        if route.endpoint == "sign_in.leave":
            continue
        client = clients[roles(world.app, route)[0]]
        answer = client.post(address(route, world.here), data={"csrf_token": world.csrf(client)})
        assert answer.status_code != 400, route


def test_w1_nothing_from_another_site_is_taken_even_with_the_right_token(world: World, watch: Watch) -> None:
    browsers = {who: world.browser(who) for who in ("nobody", *PEOPLE)}
    tokens = {who: world.csrf(client) for who, client in browsers.items()}
    watch.written()
    for route in routes(world.app):
        if route.safe:
            continue
        who = roles(world.app, route)[0]
        client = browsers.get(who, browsers["nobody"])
        given: dict[str, Any] = (
            sent(route, world.here) if route.api else {"data": {"csrf_token": tokens.get(who, "")}}
        )
        headers = {"Sec-Fetch-Site": "cross-site", **(world.headers(who) if route.api else {})}
        answer = client.open(address(route, world.here), method=route.method, headers=headers, **given)
        assert answer.status_code == 400, route
        assert not watch.written(), route


def test_w1_a_cookie_alone_changes_nothing_through_the_api(world: World, watch: Watch) -> None:
    browsers = {who: world.browser(who) for who in PEOPLE}
    watch.written()
    tried = 0
    for route in routes(world.app):
        allowed = [who for who in roles(world.app, route) if who in browsers]
        if route.api and not route.safe and allowed:
            answer = browsers[allowed[0]].open(
                address(route, world.here), method=route.method, **sent(route, world.here)
            )
            assert answer.status_code == 401, route
            assert not watch.written()
            tried += 1
    assert tried >= 5


def typed_into(boxes: list[dict[str, str]]) -> dict[str, str]:
    """Something of its own in every box that a person types into."""
    return {one["name"]: f"{TYPED}{place}" for place, one in enumerate(boxes)}


def resident_pages(world: World) -> Iterator[str]:
    """The pages on which a resident types."""
    prefix, mine = world.here.prefix, world.here.mine.booking
    yield f"{prefix}/book/contact?procedure=JUM-01&office={HOME}&starts_at=2026-11-26T10:00"
    for step in ("head", "todoke", "addr", "addr-b", "addr-c", "people-0", "extra"):
        yield f"{prefix}/bookings/{mine}/forms/F02/{step}"


def posted_forms(client: FlaskClient, page: str) -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    """The forms of a page: where they go, what they hold already, what can be typed."""
    found: list[tuple[str, dict[str, str], dict[str, str]]] = []
    inside = False
    for tag, values in Tags(client.get(page).text).found:
        if tag == "form":
            inside = values.get("method", "").lower() == "post"
            if inside:
                found.append((urljoin(page, values.get("action") or page), {}, {}))
        elif inside and values.get("name"):
            _, held, typed = found[-1]
            if tag == "textarea" or (tag == "input" and values.get("type", "") in TEXTS):
                typed[values["name"]] = f"{TYPED}{len(typed)}"
            elif tag == "input" and values.get("type") == "hidden":
                held[values["name"]] = values.get("value", "")
    yield from found


def test_w1_a_residents_expired_form_comes_back_with_everything_typed(world: World) -> None:
    client, boxes = world.app.test_client(), 0
    for page in resident_pages(world):
        for to, held, typed in posted_forms(client, page):
            answer = client.post(to, data={**held, **typed, "csrf_token": "stale"})
            assert answer.status_code == 400, to
            lost = [name for name, text in typed.items() if text not in answer.text]
            assert not lost, (to, lost)
            fresh = Tags(answer.text)
            tokens = [values["value"] for _, values in fresh.found if values.get("name") == "csrf_token"]
            assert tokens, "with a fresh token"
            assert "stale" not in tokens
            boxes += len(typed)
    assert boxes > 10


def test_w1_the_last_look_before_booking_comes_back_too(world: World, watch: Watch) -> None:
    client = world.app.test_client()
    asked = {
        "procedure": "JUM-01", "office": HOME, "starts_at": "2026-11-26T10:00", "name": "カエデノ　オナ",
        "phone": "090-8765-4321",
    }  # fmt: skip
    answer = client.post(f"{world.here.prefix}/book/make", data={**asked, "csrf_token": "stale"})
    assert answer.status_code == 400
    assert not watch.written()
    again = {
        values["name"]: values["value"] for tag, values in Tags(answer.text).found
        if tag == "input" and values.get("type") == "hidden" and values.get("name")
    }  # fmt: skip
    assert asked.items() <= again.items()
    assert again["csrf_token"] != "stale"
    assert client.post(f"{world.here.prefix}/book/make", data=again).status_code == 303


def test_w1_a_form_of_this_site_is_taken(world: World) -> None:
    client = world.app.test_client()
    data = {"csrf_token": world.csrf(client)}
    to = f"{world.here.prefix}/bookings/{world.here.mine.booking}/cancel"
    for site in ("same-origin", "same-site", "none", ""):
        headers = {"Sec-Fetch-Site": site} if site else {}
        assert client.post(to, data=data, headers=headers).status_code == 303
