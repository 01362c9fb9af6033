"""Q1, Q3, Q4, Q5 for sealed codes: one that was changed anywhere opens nothing, one that is shown twice opens once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from models.core.clock import now
from models.core.errors import DomainError, Gone, NotFound
from models.core.sealing import MARK_BYTES, sealed_to
from models.core.settings import Settings
from models.operations import envelopes, sealing_keys, unsealing
from models.papers import sealed
from models.queries import applications, catalogue
from models.queries import sealing_keys as keys_seen
from models.queries.offices import office
from models.rules.forms import packing
from models.rules.forms.json_schema import example
from tests.conftest import inside
from tests.operations.test_booking import honcho
from tests.races.crowd import FULL, sized

ONE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ACTOR = "aoki"
HEAD = 32
"""Letters of a code that say which code, of which envelope, how long, and with which key."""


def bits(place: int, head: int) -> Sequence[int]:
    """The bits that are turned at a place: each in the head, another one at each next place behind it; all in full."""
    return range(8) if FULL or place < head else (place % 8,)


def sealed_form(contents: bytes | None = None) -> str:
    """The code of a form for today at the main office; `contents` is sealed instead of a form."""
    sealing_keys.make_ahead(honcho().day_of(now()))
    key = keys_seen.for_day(honcho(), honcho().day_of(now()))
    form = catalogue.current().forms["F01"]
    part = sealed.PackedForm("F01", packing.mark(form), packing.packed(packing.plan(form), example(form)))
    if contents is None:
        return sealed.texts(envelopes.sealed_for(honcho(), key, sealed.Contents("", (part,))))[0]
    body = sealed_to(key.public, contents, sealed.about("maeniwa", "honcho"))
    return sealed.texts(sealed.envelope(key.mark, body))[0]


def written() -> int:
    """How many applications there are."""
    return sum(1 for number in range(1, 60) if _is_there(number))


def _is_there(number: int) -> bool:
    try:
        applications.by_id(number)
    except NotFound:
        return False
    return True


@ONE
@pytest.mark.usefixtures("clock")
class TestChanged:
    def test_q5_no_single_bit_of_a_code_opens_anything(self, settings: Settings) -> None:
        with inside(settings):
            for _ in range(sized(20, 1)):
                code = sealed_form()
                before = written()
                for place in range(2, len(code)):
                    for bit in bits(place, HEAD):
                        text = code[:place] + chr(ord(code[place]) ^ 1 << bit) + code[place + 1 :]
                        if text.upper() != code:
                            with pytest.raises((NotFound, unsealing.More)):
                                unsealing.receive(honcho(), text, ACTOR)
                assert written() == before

    def test_q5_no_bit_of_the_envelope_behind_a_right_head_opens_anything(self, settings: Settings) -> None:
        with inside(settings):
            whole = sealed.joined(sealed.pieces(sealed_form()))
            for place in range(1, len(whole)):
                for bit in bits(place, 1 + MARK_BYTES):
                    changed = bytearray(whole)
                    changed[place] ^= 1 << bit
                    with pytest.raises(NotFound):
                        unsealing.receive(honcho(), sealed.texts(bytes(changed))[0], ACTOR)
            assert written() == 0

    @pytest.mark.parametrize(
        "contents",
        [b"", b"\0" * 200, b"[]", sealed.content(sealed.Contents("x" * 9, ())),
         sealed.content(sealed.Contents("", (sealed.PackedForm("F99", "0" * 8, []),))),
         sealed.content(sealed.Contents("", (sealed.PackedForm("F01", "0" * 8, []),))),
         sealed.content(sealed.Contents("", tuple(sealed.PackedForm("F01", "0" * 8, []) for _ in range(10))))],
        ids=["nothing", "noise", "not packed", "long booking", "no form", "other edition", "too many"],
    )  # fmt: skip
    def test_what_anybody_sealed_is_refused_and_leaves_nothing(
        self, settings: Settings, contents: bytes
    ) -> None:
        with inside(settings):
            code = sealed_form(contents)
            with pytest.raises((NotFound, Gone)):
                unsealing.receive(honcho(), code, ACTOR)
            assert written() == 0

    def test_random_answers_of_the_right_form_are_a_draft_or_refused_but_never_a_fault(
        self, settings: Settings
    ) -> None:
        source = random.Random(7)

        def noise(depth: int = 0) -> Any:
            kind = source.randrange(8 if depth < 3 else 5)
            if kind < 5:
                return [None, True, source.randrange(-5, 99), "\u202e{{7*7}}<script>", "123456789018"][kind]
            if kind == 7:
                return {"a": noise(depth + 1)}
            return [noise(depth + 1) for _ in range(source.randrange(6))]

        with inside(settings):
            for _ in range(sized(1_000, 30)):
                name = source.choice(["F01", "F02", "F03", "F08"])
                form = catalogue.current().forms[name]
                answers = [noise() for _ in range(source.randrange(len(packing.plan(form)) + 2))]
                part = sealed.PackedForm(name, packing.mark(form), answers)
                code = sealed_form(sealed.content(sealed.Contents("", (part,))))
                try:
                    digest = unsealing.receive(honcho(), code, ACTOR)
                except DomainError:
                    continue
                (found,) = applications.of_envelope(digest)
                assert found.state == "draft"
                assert "123456789018" not in str(applications.fields_of(found))


@ONE
@pytest.mark.usefixtures("clock")
class TestShownAgain:
    def test_q1_a_second_showing_takes_nothing_in(self, settings: Settings) -> None:
        with inside(settings):
            code = sealed_form()
            first = unsealing.receive(honcho(), code, ACTOR)
            assert unsealing.receive(honcho(), code, ACTOR) == first
            assert written() == 1

    def test_q3_another_office_is_named(self, settings: Settings) -> None:
        with inside(settings):
            code = sealed_form()
            with pytest.raises(DomainError, match="本庁舎") as told:
                unsealing.receive(office("higashi"), code, ACTOR)
            assert told.value.status == 409
            assert written() == 0
