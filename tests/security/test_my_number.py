"""I14: a My Number in any box of any form and any field of any call is refused, kept nowhere, told nobody."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr
from typing import Any, TypeVar

import pytest

from models.catalogue.loader import load
from models.core import log
from models.rules.forms.json_schema import example
from tests.races.crowd import FULL
from tests.security.addresses import LOG, address, bodies, roles, routes
from tests.security.forms import UPLOADED, Filling, free_text
from tests.security.world import World

T = TypeVar("T")
NUMBER = "123456789018"
SPELLINGS = (
    NUMBER,
    "１２３４５６７８９０１８",
    "1234 5678 9018",
    "1234-5678-9018",
    "一二三四五六七八九〇一八",
    "番号は123456789018です",
)
NOTHING_IS_KEPT = frozenset({"weekly.answer", "sign_in.enter"})
"""A calculator that keeps nothing of its table, and the name that somebody tried to sign in with."""


def found_in(text: str) -> list[str]:
    """The spellings of the number in a text."""
    return [one for one in SPELLINGS if one in text]


def at_rest(world: World) -> list[str]:
    """The files of the installation that hold the number, in any of the ways in which text is written."""
    needles = {one.encode(code) for one in SPELLINGS for code in ("utf-8", "utf-16-le", "utf-16-be")}
    needles |= {one.encode("unicode_escape") for one in SPELLINGS}
    return [str(path) for path, content in world.bytes_at_rest() if any(one in content for one in needles)]


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that the product says to its log, in all detail."""
    said = io.StringIO()
    with redirect_stderr(said):
        log.configure("debug")
        yield said
    log.configure("error")


def replaced(body: Any, number: Any) -> Iterator[tuple[str, Any]]:
    """The body with the number in each of its places, and as the name of one."""
    if isinstance(body, dict):
        for key, value in body.items():
            for place, inner in replaced(value, number):
                yield f"{key}.{place}", {**body, key: inner}
        yield "a name", {**body, str(number): "x"}
    elif isinstance(body, list) and body:
        for place, inner in replaced(body[0], number):
            yield f"0.{place}", [inner, *body[1:]]
    yield "itself", number


def test_i14_no_call_of_the_api_takes_one_in_any_field(world: World, logged: io.StringIO) -> None:
    client, tried = world.app.test_client(), 0
    for route in routes(world.app):
        for body in examples(world, route.endpoint):
            for nth, number in enumerate((*SPELLINGS, int(NUMBER))):
                for place, asked in by_turns(nth, tuple(replaced(body, number))):
                    answer = client.open(
                        address(route, world.here), method=route.method, json=asked,
                        headers=world.headers(roles(world.app, route)[0]),
                    )  # fmt: skip
                    expected = (202, 422) if "printer" in place else (400, 404, 422)
                    assert answer.status_code in expected, (route, place, number, answer.text)
                    assert not found_in(answer.text), (route, place, answer.text)
                    tried += 1
    assert tried > 150
    assert not at_rest(world)
    assert not found_in(logged.getvalue())
    assert "api/v1" in logged.getvalue(), "the log says what was called"


def by_turns(nth: int, things: Sequence[T]) -> Sequence[T]:
    """A third of these, another one at each next turn; with RACES=full all."""
    return things if FULL else things[nth % 3 :: 3]


def examples(world: World, endpoint: str) -> Iterator[Mapping[str, Any]]:
    """Bodies of a call; of a form's every form that is filled in at home."""
    if endpoint == "api_applications.file":
        for form in ("F02", "F05"):
            yield {"form": form, "fields": example(load().forms[form])}
    if endpoint in bodies(world.here):
        yield bodies(world.here)[endpoint]


def test_i14_no_page_takes_one_in_any_box(world: World, logged: io.StringIO) -> None:
    filling, taken, told, tried = Filling(world), [], [], 0
    for route in filling.pages("sign_in.leave", "sign_in.set_password"):
        for box in filling.boxes(route):
            for spelled in SPELLINGS if free_text(route, box) else by_turns(tried, SPELLINGS):
                tried += 1
                answer = filling.send(route, **{box: LOG + ticket(spelled) if box == UPLOADED else spelled})
                where = f"{route}: {box} ({spelled})"
                assert answer.status_code < 500, where
                if answer.status_code < 400 and free_text(route, box):
                    taken.append(where)
                if found_in(answer.text) and route.endpoint not in NOTHING_IS_KEPT:
                    told.append(where)
    assert not taken, "\n".join(taken)
    assert not told, "\n".join(told)
    assert not at_rest(world)
    assert not found_in(logged.getvalue())


def ticket(number: str) -> bytes:
    """A line of a log with this ticket number."""
    return f"{number},A,2026-11-20 09:00,2026-11-20 09:05,2026-11-20 09:15\n".encode()


def test_i14_the_check_of_what_is_kept_can_fail(world: World) -> None:
    assert not at_rest(world)
    world.execute("UPDATE staff SET name = ?", f"番号は{NUMBER}です")
    assert at_rest(world)
