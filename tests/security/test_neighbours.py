"""A1, A3, A6: what is unknown, malformed, somebody else's or another city's is one and the same 404."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.core.errors import NotFound
from models.core.tokens import is_token
from models.queries import applications, bookings
from tests.races.crowd import FULL
from tests.security.addresses import LIBRARIES, PRIVATE, Route, address, roles, routes, sent, strangers
from tests.security.conftest import Furnished
from tests.security.crawling import Look
from tests.security.world import PEOPLE, Town, Watch, World
from web.error_page import SCREENS, STAFF

BEHIND_A_SLIP = {"scanning.print_form": 409, "prints.ask": 409}
"""What is printed at the desk must have been shown by a scan of the same tab: everything else is one 409."""


@dataclass
class Callers:
    """One browser or system of each role, with the hidden token of its forms."""

    world: World
    clients: dict[str, tuple[FlaskClient, str]] = field(default_factory=dict)

    def send(self, route: Route, to: str, town: Town) -> TestResponse:
        """Send what the route takes, as the first role that may use it."""
        who = roles(self.world.app, route)[0]
        if route.api:
            options = sent(route, town)
            return self.world.app.test_client().open(
                to, method=route.method, headers=self.world.headers(who, town), **options
            )
        client, token = self.browser(who, town)
        data: dict[str, Any] = {} if route.safe else {"data": {"csrf_token": token}}
        return client.open(to, method=route.method, **data)

    def browser(self, who: str, town: Town) -> tuple[FlaskClient, str]:
        key = f"{town.code} {who}"
        if key not in self.clients:
            client = self.world.browser(who, town)
            self.clients[key] = client, self.world.csrf(client, town)
        return self.clients[key]


def addressed(world: World) -> list[tuple[Route, str]]:
    """Every route with each of its places that names something of somebody."""
    return [(route, place) for route in routes(world.app) for place in route.places if place in PRIVATE]


def audience(route: Route) -> str:
    """Whose page it is, as anybody sees from its address: a page that is not there leads on to their first page."""
    first = route.rule.split("/")[1]
    return "api" if route.api else first if first in STAFF | SCREENS else ""


def digest(answer: TestResponse) -> str:
    return f"{answer.status_code} {hashlib.sha256(answer.data).hexdigest()[:12]}"


def knocked(
    world: World, watch: Watch, places: list[tuple[Route, str]], step: int = 1
) -> tuple[list[str], dict[str, set[str]]]:
    """What answers otherwise than with 404 or writes, and the different 404s of the API and of each audience.

    Every place is asked for what is another city's, and for each `step`-th other stranger, by turns.
    """
    assert world.there is not None
    callers, wrong = Callers(world), []
    seen: dict[str, set[str]] = defaultdict(set)
    for who in PEOPLE:
        callers.browser(who, world.here)
    watch.written()
    for nth, (route, place) in enumerate(places):
        for at, (kind, value) in enumerate(strangers(place, world.here, world.there)):
            if at % step != nth % step and kind != "another city's":
                continue
            to = address(route, world.here, **{place.replace("/", "_"): value})
            answer = callers.send(route, to, world.here)
            expected = BEHIND_A_SLIP.get(route.endpoint, 404)
            if answer.status_code != expected or watch.written():
                wrong.append(f"{route} with {place} {kind}: {answer.status_code}")
            if expected == 404:
                seen[audience(route)].add(digest(answer) if route.api else f"{route.method} {digest(answer)}")
    return wrong, seen


def test_a1_whatever_is_not_ones_own_is_one_and_the_same_404_and_nothing_is_written(
    world: World, watch: Watch
) -> None:
    wrong, seen = knocked(world, watch, addressed(world), 1 if FULL else 3)
    assert not wrong, "\n".join(wrong)
    assert len(seen.pop("api")) == 1, "the API says 404 in one way"
    assert {len(found) for found in seen.values()} <= {1, 2}, (
        "pages too; only menus are left out of answers to forms"
    )
    assert len(seen) <= 1 + len(STAFF | SCREENS)


def test_a1_a_door_that_tells_more_would_be_seen(
    world: World, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted faults: another sentence for what has no token's shape, and a token that need not be whole."""
    own = [(route, place) for route, place in addressed(world) if route.endpoint == "api_bookings.show"]
    look = bookings.by_token

    def telling(token: str) -> bookings.BookingView:
        if not is_token(token):
            raise NotFound("not a token")
        return look(token)

    monkeypatch.setattr(bookings, "by_token", telling)
    _, seen = knocked(world, watch, own)
    assert len(seen["api"]) == 2
    monkeypatch.setattr(bookings, "by_token", lambda token: look(token.upper()))
    wrong, _ = knocked(world, watch, own)
    assert wrong == [f"{own[0][0]} with bookings/token in small letters: 200"]


def test_a1_ones_own_is_found_so_that_the_404s_mean_something(world: World) -> None:
    callers, missing = Callers(world), []
    for route, _ in addressed(world):
        if route.method == "DELETE":
            continue
        answer = callers.send(route, address(route, world.here), world.here)
        if answer.status_code in (401, 403, 404, 405) or answer.status_code >= 500:
            missing.append(f"{route}: {answer.status_code}")
    assert not missing, "\n".join(missing)


def test_a1_another_city_or_none_is_the_same_404(world: World) -> None:
    bodies: dict[str, set[str]] = defaultdict(set)
    for nth, route in enumerate(routes(world.app)):
        if route.endpoint in OF_NO_CITY:
            continue
        path = address(route, world.here).removeprefix(world.here.prefix)
        for city in NO_CITIES if FULL else NO_CITIES[nth % 3 :: 3]:
            answer = world.app.test_client().open(f"/m/{city}{path}", method=route.method)
            assert answer.status_code == 404 or (not route.safe and answer.status_code == 400), (route, city)
            if route.safe and not route.terminal and route.endpoint not in IN_THEIR_OWN_LOOK:
                bodies[audience(route)].add(answer.text.replace(f"/m/{city}", ""))
    assert {len(found) for found in bodies.values()} == {1}


NO_CITIES = ("nowhere", "NOWHERE", "x" * 40, "m_maeniwa")
IN_THEIR_OWN_LOOK = ("board.show", "board.setup", "board.state", "board.say")
OF_NO_CITY = (*LIBRARIES, "health.alive", "health.ready")


def test_a1_a_code_or_token_inside_a_body_is_looked_for_in_this_city_only(world: World, watch: Watch) -> None:
    assert world.there is not None
    theirs, client = world.there, world.app.test_client()
    base = f"{world.here.prefix}/api/v1"
    form = {"form": "F01", "fields": sent_fields(world)}
    unknown = "A" * 32
    asked: list[tuple[str, str, str, Any, Any]] = [
        ("nobody", "POST", "offices/honcho/applications",
         {**form, "booking_token": theirs.mine.booking}, {**form, "booking_token": unknown}),
        ("kiosk", "POST", "offices/honcho/tickets",
         {"procedures": ["JUM-01"], "application_tokens": [theirs.mine.application]},
         {"procedures": ["JUM-01"], "application_tokens": [unknown]}),
        ("kiosk", "POST", "offices/honcho/check-ins", {"code": theirs.mine.code}, {"code": "M1" + unknown}),
        ("counter", "POST", "offices/honcho/scans", {"code": theirs.mine.code}, {"code": "M1" + unknown}),
        ("counter", "POST", "offices/honcho/scans", {"code": theirs.mine.reference}, {"code": "M1" + unknown}),
    ]  # fmt: skip
    for who, method, path, foreign, forged in asked:
        answers = [
            client.open(f"{base}/{path}", method=method, json=body, headers=world.headers(who))
            for body in (foreign, forged)
        ]
        assert [answer.status_code for answer in answers] == [404, 404], (path, answers[0].text)
        assert answers[0].data == answers[1].data
        assert not watch.written()


def sent_fields(world: World) -> Any:
    return sent(Route("api_applications.file", "POST", ""), world.here)["json"]["fields"]


def test_a1_another_residents_link_opens_no_form_of_mine(world: World) -> None:
    """A token opens its own booking only, whichever of my things is named beside it."""
    client = world.app.test_client()
    for held in (world.here.other, world.here.branch):
        page = client.get(f"{world.here.prefix}/bookings/{held.booking}")
        assert page.status_code == 200
        assert world.here.mine.booking_reference not in page.text.replace("-", "")
        assert world.here.mine.booking not in page.text


def test_a1_what_was_purged_is_like_what_never_was(world: World) -> None:
    client = world.app.test_client()
    prefix, ended = world.here.prefix, world.here.ended
    assert client.get(f"{prefix}/bookings/{ended.booking}").status_code == 200, (
        "the holder is told that it ended"
    )
    assert client.get(f"{prefix}/api/v1/bookings/{ended.booking}/qr.svg").status_code == 410
    number = next(row["id"] for row in world.rows("booking") if row["reference"] == ended.booking_reference)
    for table, column in (("application", "booking_id"), ("booking_slot", "booking_id"), ("booking", "id")):
        world.execute(f"DELETE FROM {table} WHERE {column} = ?", number)
    for path in (f"/bookings/{ended.booking}", f"/api/v1/bookings/{ended.booking}/qr.svg"):
        unknown = client.get(prefix + path.replace(ended.booking, "A" * 32))
        gone = client.get(prefix + path)
        assert (gone.status_code, gone.data) == (404, unknown.data)


def test_a6_a_city_shows_nothing_of_another_to_anybody(furnished: Furnished, looks: list[Look]) -> None:
    """Both cities were looked at in turn, so that anything kept between two requests would show."""
    other = {furnished.here.code: furnished.there, furnished.there.code: furnished.here}
    leaks = [
        f"{seen}: {found}"
        for seen in looks
        if (found := other[seen.town].reveals(f"{seen.text} {seen.headers} {seen.cookies}"))
    ]
    assert not leaks, "\n".join(leaks)
    own = {seen.endpoint for seen in looks if furnished.here.reveals(seen.text)}
    assert len(own) >= 8, "the walk came to pages that show something of somebody"


def test_a6_a_kept_answer_of_the_other_city_would_be_seen(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: what was typed is remembered for whoever asks next."""
    assert world.there is not None
    kept: list[Any] = []
    look = applications.fields_of
    monkeypatch.setattr(applications, "fields_of", lambda one: kept.append(look(one)) or kept[0])
    client = world.app.test_client()
    answers = [
        client.post(
            f"{town.prefix}/api/v1/offices/honcho/scans",
            json={"code": town.mine.code},
            headers=world.headers("counter", town),
        ).text
        for town in (world.there, world.here)
    ]
    assert world.here.reveals(answers[1])
    assert world.there.word in world.there.reveals(answers[1])


@pytest.mark.parametrize(("who", "expected"), [("counter", 403), ("manager", 403), ("kiosk", 403)])
def test_a6_another_office_of_the_same_city_is_forbidden(
    world: World, watch: Watch, who: str, expected: int
) -> None:
    tried = 0
    for route in routes(world.app):
        if not route.api or "office" not in route.places or who not in roles(world.app, route):
            continue
        answer = world.app.test_client().open(
            address(route, world.here, office="higashi"),
            method=route.method, headers=world.headers(who), **sent(route, world.here),
        )  # fmt: skip
        assert answer.status_code == expected, (route, answer.text)
        assert not watch.written()
        tried += 1
    assert tried >= 2


def test_a6_the_forms_of_another_office_are_not_found_by_its_neighbour(world: World, watch: Watch) -> None:
    client, own, away = world.app.test_client(), world.here.mine, world.here.branch
    base, tried = f"{world.here.prefix}/api/v1", 0
    for route in routes(world.app):
        if route.api and "reference" in route.places:
            answer = client.open(
                address(route, world.here, reference=away.reference),
                method=route.method, headers=world.headers("counter"), **sent(route, world.here),
            )  # fmt: skip
            assert answer.status_code == 404, route
            assert not watch.written()
            tried += 1
    assert tried
    wrong = client.post(
        f"{base}/offices/honcho/scans", json={"code": away.code}, headers=world.headers("counter")
    )
    assert wrong.status_code == 409, "the clerk is told which office it is for, and nothing else"
    assert not world.here.reveals(wrong.text)
    assert not watch.written()
    assert (
        client.get(
            f"{base}/applications/{own.reference}/form.pdf", headers=world.headers("branch")
        ).status_code
        == 404
    )


def test_a6_a_manager_of_one_office_sees_no_other_on_any_page(world: World) -> None:
    client, tried = world.browser("manager"), 0
    for route in routes(world.app):
        if route.safe and not route.api and roles(world.app, route)[:1] in (("administrator",), ("manager",)):
            if "manager" not in roles(world.app, route):
                continue
            answer = client.get(address(route, world.here), query_string={"office": "higashi"})
            if route.endpoint in NO_OFFICE or "plan" in route.places:
                continue
            assert answer.status_code == 403, route
            tried += 1
    assert tried >= 5


NO_OFFICE = frozenset({"imports.sample", "weekly.page", "sign_in.here", "sign_in.password"})
"""Managers' pages that are about no office. A plan is of one office, whatever is asked: see the tests of plans."""


def test_a3_files_are_given_to_nobody_who_has_signed_out(world: World) -> None:
    """Every address of a file that a signed-in person was shown, asked for again afterwards."""
    for who in PEOPLE:
        client = world.browser(who)
        own = [
            route for route in routes(world.app)
            if route.safe and who in roles(world.app, route) and not route.api
        ]  # fmt: skip
        token = world.csrf(client)
        out = client.post(f"{world.here.prefix}/staff/sign-out", data={"csrf_token": token})
        assert out.status_code == 303
        for route in own:
            asked = address(route, world.here)
            answer = client.get(asked)
            assert answer.status_code == 302, (who, route)
            assert "/staff/sign-in" in answer.headers["Location"]
            told = set(world.here.reveals(answer.text)) - set(world.here.reveals(asked))
            assert not told, (who, route)


def test_a3_no_file_has_an_address_that_opens_without_authorisation(world: World) -> None:
    public = {
        route.endpoint for route in routes(world.app)
        if roles(world.app, route) == ("nobody",) and not set(route.places) & set(PRIVATE)
    }  # fmt: skip
    client = world.app.test_client()
    for route in routes(world.app):
        if route.endpoint in public and route.endpoint not in LIBRARIES and route.safe:
            answer = client.get(address(route, world.here))
            assert not world.here.reveals(answer.data.decode("utf-8", "replace")), route
