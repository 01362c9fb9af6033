"""連携の説明: every example of docs/ja/api.md is done, in order, and answered as it says; what is named is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from freezegun.api import FrozenDateTimeFactory
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from tests.architecture.repository import read
from tests.web.api.calls import Calls

PAGE = "docs/ja/api.md"
BLOCK = re.compile(r"(?:<!-- (?P<now>\S+) -->\n)?```http\n(?P<text>.+?)\n?```", re.DOTALL)
MORE = "…"
NAMED = re.compile(r"\$([A-Z_]+)")
CALL = re.compile(r"\b(GET|POST|PATCH|DELETE)\s+(?:\{base\}|/api/v1)(/[^\s`]+)")
PLACE = re.compile(r"\{\w+\}|\$[A-Z_]+|STEP")


@dataclass(frozen=True)
class Told:
    """A request or an answer as the page has it; `now` is when it is sent."""

    first: str
    headers: dict[str, str]
    body: str
    now: str


@dataclass
class Reader:
    """Compares answers with what is told, and keeps what they give: `$TOKEN` is the value that stood there first."""

    kept: dict[str, str] = field(default_factory=dict)

    def filled(self, text: str) -> str:
        """The text with every kept value in its place."""
        return NAMED.sub(lambda found: self.kept.get(found[1], found[0]), text)

    def differs(self, told: Any, found: Any, at: str = "") -> Iterator[str]:
        """Where an answer is not what is told: other types, other keys, other words."""
        if type(told) is not type(found):
            yield f"{at}: {found!r} is not like {told!r}"
        elif isinstance(told, str):
            yield from self._words(told, found, at)
        elif isinstance(told, dict):
            yield from self._parts(told, found, at)
        elif isinstance(told, list):
            if len(found) < len(told) or (not told and found):
                yield f"{at}: {len(found)} parts"
            for place, (one, other) in enumerate(zip(told, found, strict=False)):
                yield from self.differs(one, other, f"{at}[{place}]")

    def _words(self, told: str, found: str, at: str) -> Iterator[str]:
        new = NAMED.fullmatch(told)
        if new and new[1] not in self.kept:
            self.kept[new[1]] = found
        elif not matches(self.filled(told), found):
            yield f"{at}: {found!r} is not {told!r}"

    def _parts(self, told: dict[str, Any], found: dict[str, Any], at: str) -> Iterator[str]:
        here, there = set(told) - {MORE}, set(found)
        if here - there or (MORE not in told and there - here):
            yield f"{at}: {sorted(here ^ there)}"
        for key in (key for key in told if key in there):
            yield from self.differs(told[key], found[key], f"{at}.{key}")


def matches(told: str, found: str) -> bool:
    """Whether words are those that are told; `…` is anything."""
    return re.fullmatch(".*".join(re.escape(part) for part in told.split(MORE)), found, re.DOTALL) is not None


def blocks() -> list[Told]:
    """Every request and answer of the page, in its order."""
    made = []
    for found in BLOCK.finditer(read(PAGE)):
        head, _, body = found["text"].partition("\n\n")
        first, *lines = head.splitlines()
        headers = dict(line.split(": ", 1) for line in lines)
        made.append(Told(first, headers, body, found["now"] or ""))
    return made


def wrong(reader: Reader, told: Told, answer: Any) -> list[str]:
    """What of an answer is not as the page says."""
    found = [] if str(answer.status_code) == told.first.split()[1] else [f"{answer.status}: {answer.text}"]
    for name, value in told.headers.items():
        if not matches(value + (MORE if name == "Content-Type" else ""), answer.headers.get(name, "")):
            found.append(f"{name}: {answer.headers.get(name)}")
    if told.body.startswith(("{", "[")):
        found += reader.differs(json.loads(told.body), answer.json)
    elif told.body:
        first = answer.data.decode("utf-8-sig").splitlines()[0]
        found += [] if matches(told.body, first) else [first]
    elif answer.mimetype == "application/pdf":
        found += [] if answer.data.startswith(b"%PDF") else ["no PDF"]
    return found


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_every_example_is_answered_as_the_page_says(calls: Calls, clock: FrozenDateTimeFactory) -> None:
    tokens = calls.tokens
    reader = Reader({"KIOSK": tokens.kiosk, "COUNTER": tokens.counter, "MANAGER": tokens.manager})
    told = blocks()
    assert len(told) > 20
    for asked, answered in zip(told[::2], told[1::2], strict=True):
        assert answered.first.startswith("HTTP/1.1 "), asked.first
        if asked.now:
            clock.move_to(datetime.fromisoformat(asked.now))
        method, address = reader.filled(asked.first).split(" ", 1)
        headers = {name: reader.filled(value) for name, value in asked.headers.items()}
        answer = calls.client.open(
            address, method=method, headers=headers, data=reader.filled(asked.body).encode()
        )
        assert wrong(reader, answered, answer) == [], asked.first


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, MORE: MORE}, {"b": 1}),
        ({"a": "x…"}, {"a": "yx"}),
        ({"a": None}, {"a": 1}),
        ({"a": "$A", "b": "$A"}, {"a": "1", "b": "2"}),
        ([{"a": 1}], []),
    ],
)
def test_another_answer_would_be_found(told: Any, found: Any) -> None:
    assert list(Reader().differs(told, found)) != []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_every_call_that_the_documents_name_is_there(app: Flask) -> None:
    named = set(CALL.findall(read("docs/api.md") + read(PAGE)))
    house = app.url_map.bind("localhost")
    assert len(named) > 30
    assert [call for call in sorted(named) if not answers(house, *call)] == []


def answers(house: MapAdapter, method: str, path: str) -> bool:
    """Whether the interface has such a call."""
    try:
        house.match("/api/v1" + PLACE.sub("start", path.split("?")[0]), method=method)
    except HTTPException:
        return False
    return True
