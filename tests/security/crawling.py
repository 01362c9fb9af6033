"""Walks through everything that can be reached: every address, every link on every page, then every form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from tests.races.crowd import FULL
from tests.security.addresses import LIBRARIES, address, roles, routes
from tests.security.world import PEOPLE, Town, Watch, World

EVERYBODY = ("nobody", *PEOPLE)
LAST = ("staff.close", "staff.new_code", "sign_in.leave")
"""Forms that end what the walk needs."""
APPEARANCE = frozenset({"lang", "text", "theme"})
"""Questions for another look of the same page: each page is asked each of them once, whatever else it is asked."""


class Tags(HTMLParser):
    """The elements of a page in order, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str]]] = []
        self.inline: list[str] = []
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self.found.append((f"/{tag}", {}))
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in ("script", "style") and data.strip():
            self.inline.append(data)

    def links(self) -> list[str]:
        """Where the page leads or what it loads."""
        return [
            values[name]
            for tag, values in self.found
            for name in ("href", "src")
            if name in values and tag in ("a", "img", "iframe", "embed", "object")
        ]

    def forms(self) -> list[tuple[dict[str, str], list[tuple[str, str]]]]:
        """Each form's attributes with the boxes that it sends as it stands."""
        found: list[tuple[dict[str, str], list[tuple[str, str]]]] = []
        inside = False
        for tag, values in self.found:
            if tag == "form":
                found.append((values, []))
                inside = True
            elif tag == "/form":
                inside = False
            elif inside and tag in ("input", "button", "textarea") and values.get("name"):
                unticked = values.get("type") in ("checkbox", "radio") and "checked" not in values
                if not unticked:
                    found[-1][1].append((values["name"], values.get("value", "")))
        return found


@dataclass(frozen=True)
class Look:
    """One answer that somebody got."""

    who: str
    town: str
    method: str
    address: str
    endpoint: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    cookies: tuple[str, ...] = field(repr=False)
    body: bytes = field(repr=False)
    written: bool = False

    @property
    def html(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html")

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @cached_property
    def tags(self) -> Tags:
        """The elements of a page, read once for all who judge it."""
        return Tags(self.text)

    def __str__(self) -> str:
        return f"{self.who}: {self.method} {self.address} -> {self.status}"


class Walk:
    """One walk of one person through one city."""

    def __init__(self, world: World, who: str, town: Town, watch: Watch, answered: set[str]) -> None:
        self.world, self.who, self.town, self.watch, self.answered = world, who, town, watch, answered
        self.curious = FULL or town is world.here
        self.client = world.browser(who, town)
        self.alike: set[str] = set()
        self.forms: dict[str, tuple[str, list[tuple[str, str]]]] = {}
        public = {one.endpoint for one in routes(world.app) if roles(world.app, one) == ("nobody",)}
        self.left_out = {*LIBRARIES, "redirect", "nowhere"} | (public if who in PEOPLE else set())

    def look(self) -> Iterator[Look]:
        """Every address of this person, then whatever the pages lead to."""
        waiting = [
            address(route, self.town)
            for route in routes(self.world.app)
            if route.safe and not route.api and route.endpoint not in self.left_out
        ]
        while waiting:
            to = waiting.pop(0)
            if not self._is_new(to):
                continue
            seen = self.ask("GET", to)
            if seen.status < 400:
                self.answered.add(self._kind(to))
            yield seen
            waiting += self._onward(seen)

    def machines(self) -> Iterator[Look]:
        """Every address of the API as each that may look there."""
        for route in routes(self.world.app):
            if route.api and route.safe:
                for who in roles(self.world.app, route):
                    yield self.ask("GET", address(route, self.town), who)

    def press(self) -> Iterator[Look]:
        """Every form that was met, as it stood on the page."""
        for endpoint in sorted(self.forms, key=lambda one: (LAST.index(one) + 1 if one in LAST else 0, one)):
            to, boxes = self.forms[endpoint]
            grouped: dict[str, list[str]] = {}
            for name, value in boxes:
                grouped.setdefault(name, []).append(value)
            yield self.ask("POST", to, data=grouped)

    def ask(self, method: str, to: str, who: str = "", **options: Any) -> Look:
        """One request."""
        self.watch.written()
        client: FlaskClient = self.world.app.test_client() if who else self.client
        answer = client.open(
            to, method=method, headers=self.world.headers(who, self.town) if who else {}, **options
        )
        return self._noted(answer, who or self.who, method, to)

    def _noted(self, answer: TestResponse, who: str, method: str, to: str) -> Look:
        headers = {name.title(): value for name, value in answer.headers.items()}
        cookies = tuple(answer.headers.getlist("Set-Cookie"))
        seen = Look(
            who, self.town.code, method, to, self._endpoint(to, method), answer.status_code, headers, cookies,
            answer.data, self.watch.written(),
        )  # fmt: skip
        answer.close()
        return seen

    def _onward(self, seen: Look) -> list[str]:
        found = [seen.headers["Location"]] if "Location" in seen.headers else []
        if seen.html:
            found += [*seen.tags.links(), *self._forms_of(seen.address, seen.tags)]
        joined = [urljoin(seen.address, one.partition("#")[0]) for one in found]
        ours = [one for one in joined if one.startswith(self.town.prefix + "/")]
        return ours if self.curious else [one for one in ours if not _names(one)]

    def _forms_of(self, at: str, page: Tags) -> Iterator[str]:
        """Keep the forms that change something; where the others lead."""
        for values, boxes in page.forms():
            to = urljoin(at, values.get("action") or at)
            if values.get("method", "get").lower() == "post":
                self.forms.setdefault(self._endpoint(to, "POST"), (to, boxes))
            else:
                yield f"{to.partition('?')[0]}?{urlencode(boxes)}"

    def _is_new(self, to: str) -> bool:
        endpoint, names = self._endpoint(to, "GET"), _names(to)
        if endpoint in self.left_out or len(names & APPEARANCE) > 1:
            return False
        kind = self._kind(to)
        known = kind in self.alike or (bool(names) and kind in self.answered)
        self.alike.add(kind)
        return not known

    def _kind(self, to: str) -> str:
        names = _names(to)
        return f"{self._endpoint(to, 'GET')} {sorted(names & APPEARANCE or names)}"

    def _endpoint(self, to: str, method: str) -> str:
        path = urlsplit(to).path.removeprefix(self.town.prefix)
        try:
            return str(self.world.app.url_map.bind("localhost").match(path, method=method)[0])
        except RequestRedirect:
            return "redirect"
        except HTTPException:
            return "nowhere"


def _names(to: str) -> set[str]:
    return {name for name, _ in parse_qsl(urlsplit(to).query)}


@dataclass(frozen=True)
class Walked:
    """What a walk came to: every answer, and the statements that the databases were asked."""

    looks: list[Look]
    statements: frozenset[str] = field(repr=False)


def everything(world: World) -> list[Look]:
    """Both cities in turn as everybody: first only looking, then pressing every form once.

    Everybody asks for every address; a page that takes questions is asked each kind of them once, by the first whom it
    answers; in the city next door nobody asks more than the addresses. With RACES=full everybody asks everything.
    """
    assert world.there is not None
    watches = {town.code: Watch(world, town) for town in (world.here, world.there)}
    answered: dict[str, set[str]] = {code: set() for code in watches}
    walks = [
        Walk(world, who, town, watches[town.code], set() if FULL else answered[town.code])
        for who in EVERYBODY
        for town in (world.there, world.here)
    ]
    seen: list[Look] = []
    pairs = [(walks[place], walks[place + 1]) for place in range(0, len(walks), 2)]
    for there, here in pairs:
        seen += in_turn(there.look(), here.look())
    seen += in_turn(walks[0].machines(), walks[1].machines())
    for walk in walks:
        seen += walk.press()
    for watch in watches.values():
        watch.close()
    return seen


def in_turn(first: Iterator[Look], second: Iterator[Look]) -> Iterator[Look]:
    """One of each, until both have ended: whatever a process keeps between requests meets the other city."""
    waiting = [first, second]
    while waiting:
        for one in list(waiting):
            look = next(one, None)
            if look is None:
                waiting.remove(one)
            else:
                yield look
