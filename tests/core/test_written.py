"""What is written of typed values comes back equal, to the last bit; another type has another shape."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

import pytest

from models.core.messages import Message, message
from models.core.written import read, way, written


class Cell(NamedTuple):
    weekday: int
    minute: int


@dataclass(frozen=True)
class Part:
    name: Literal["a", "b"]
    share: float | None
    said: Message


@dataclass(frozen=True)
class Whole:
    days: tuple[date, ...]
    cells: Mapping[Cell, Part]
    pair: tuple[int, tuple[float | None, ...]]
    rows: Sequence[Part]
    keys: dict[str, str | int | bool | None]
    part: Part | None = None


SENTENCE = message("{weekday}は {n}人", weekday=message("月曜日"), n=0.1 + 0.2)
PART = Part("a", math.inf, SENTENCE)
WHOLE = Whole(
    (date(2026, 11, 26), date(2027, 1, 1)),
    {Cell(0, 540): PART, Cell(6, 570): Part("b", None, message("だれも"))},
    (3, (None, 1 / 3, -0.0)),
    [PART],
    {"weekday": 0, "prefilled": True, "counter": None, "queue": "A"},
)


def test_every_value_comes_back_equal() -> None:
    found = read(written(WHOLE, Whole), Whole)
    assert found == WHOLE
    assert repr(found) == repr(WHOLE)
    assert str(found.rows[0].said) == "月曜日は 0.30000000000000004人"


def test_what_may_be_missing_may_be_missing() -> None:
    assert read(written(None, Whole | None), Whole | None) is None
    assert read(written(PART, Part | None), Part | None) == PART


@pytest.mark.parametrize("kind", [object, set[int], int | Part, Any, datetime])
def test_a_type_that_would_not_come_back_is_refused(kind: Any) -> None:
    with pytest.raises(TypeError, match="cannot be"):
        way(kind)


def test_another_type_has_another_shape() -> None:
    shapes = [way(kind).shape for kind in (Part, Part | None, tuple[Part, ...], Whole, dict[int, Part])]
    assert len(set(shapes)) == len(shapes)
    assert "said:sentence" in way(Whole).shape
