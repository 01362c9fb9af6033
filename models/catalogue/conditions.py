"""The small language in which a form says when a field is asked: `kind has 住民票* and not agent`.

    expression = term { "or" term }          term  = factor { "and" factor }
    factor     = "not" factor | "(" expression ")" | test
    test       = FIELD                        the yes/no field is answered yes
               | FIELD "is" ("true" | "false")
               | FIELD "=" VALUE | FIELD "<>" VALUE
               | FIELD ["not"] "in" VALUE { "," VALUE }
               | FIELD "has" VALUE { "," VALUE }   one of them is ticked

A value that ends in `*` stands for every value of the field that begins so. A field that is not answered
makes every test false, except `is false`: a box that is not ticked means no.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

Operator = Literal["in", "not in", "has", "yes", "no"]
Described = tuple[str, tuple[str, ...]]
"""Kind and values of a field."""

_TOKEN = re.compile(r'\s*(?:(?P<sign><>|[(),=])|"(?P<quoted>[^"]*)"|(?P<word>[^\s(),=<>"]+))')
_RESERVED = {"and", "or", "not", "in", "has", "is", "(", ")", ",", "=", "<>"}


class ConditionError(ValueError):
    """A condition that cannot be read, or that names an unknown field or value."""


@dataclass(frozen=True)
class Comparison:
    """One comparison with the answer to one field; `values` are empty for yes and no."""

    field: str
    operator: Operator
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Not:
    """Holds where `part` does not."""

    part: Condition


@dataclass(frozen=True)
class Every:
    """Holds where all parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Some:
    """Holds where one part holds."""

    parts: tuple[Condition, ...]


Condition = Comparison | Not | Every | Some


def parse(text: str) -> Condition:
    """The condition that `text` writes; ConditionError says what is expected instead."""
    parser = _Parser(_tokens(text))
    condition = parser.expression()
    if parser.token is not None:
        raise ConditionError(f"`{parser.token}` is not expected here")
    return condition


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Every comparison in the condition, from left to right."""
    if isinstance(condition, Comparison):
        yield condition
    elif isinstance(condition, Not):
        yield from comparisons(condition.part)
    else:
        for part in condition.parts:
            yield from comparisons(part)


def resolve(condition: Condition, describe: Callable[[str], Described | None]) -> Condition:
    """The condition with every `*` written out; ConditionError for an unknown field, value or wrong kind."""
    if isinstance(condition, Comparison):
        return _resolved(condition, describe(condition.field))
    if isinstance(condition, Not):
        return Not(resolve(condition.part, describe))
    parts = tuple(resolve(part, describe) for part in condition.parts)
    return replace(condition, parts=parts)


_KINDS_OF: dict[str, tuple[str, ...]] = {
    "in": ("choice",),
    "not in": ("choice",),
    "has": ("multi",),
    "yes": ("bool",),
    "no": ("bool",),
}


def _resolved(test: Comparison, described: Described | None) -> Comparison:
    if described is None:
        raise ConditionError(f"`{test.field}` is no field that can be asked before this one")
    kind, known = described
    expected = _KINDS_OF[test.operator]
    if kind not in expected:
        raise ConditionError(f"`{test.field}` is of kind {kind}, expected {' or '.join(expected)} here")
    values: list[str] = []
    for value in test.values:
        if value.endswith("*"):
            matches = [item for item in known if item.startswith(value[:-1])]
        else:
            matches = [item for item in known if item == value]
        if not matches:
            raise ConditionError(f"`{test.field}` has no value `{value}`, it has: {', '.join(known)}")
        values.extend(matches)
    return replace(test, values=tuple(dict.fromkeys(values)))


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    position = 0
    text = text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ConditionError(f"`{text[position:].strip()}` cannot be read")
        tokens.append(match["sign"] or match["word"] or match["quoted"] or "")
        position = match.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[str]) -> None:
        self._rest = tokens
        self._at = 0

    @property
    def token(self) -> str | None:
        return self._rest[self._at] if self._at < len(self._rest) else None

    def _take(self, *wanted: str) -> bool:
        if self.token in wanted:
            self._at += 1
            return True
        return False

    def _word(self, what: str) -> str:
        token = self.token
        if token is None or token in _RESERVED:
            raise ConditionError(f"expected {what}, found {f'`{token}`' if token else 'the end'}")
        self._at += 1
        return token

    def expression(self) -> Condition:
        parts = [self._term()]
        while self._take("or"):
            parts.append(self._term())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _term(self) -> Condition:
        parts = [self._factor()]
        while self._take("and"):
            parts.append(self._factor())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _factor(self) -> Condition:
        if self._take("not"):
            return Not(self._factor())
        if self._take("("):
            inner = self.expression()
            if not self._take(")"):
                raise ConditionError("expected `)`")
            return inner
        return self._test()

    def _test(self) -> Comparison:
        field = self._word("a field")
        if self._take("is"):
            return self._flag(field)
        if self._take("="):
            return Comparison(field, "in", (self._word("a value"),))
        if self._take("<>"):
            return Comparison(field, "not in", (self._word("a value"),))
        if self._take("in"):
            return Comparison(field, "in", self._values())
        if self._take("has"):
            return Comparison(field, "has", self._values())
        if self._take("not"):
            if not self._take("in"):
                raise ConditionError("expected `in` after `not`")
            return Comparison(field, "not in", self._values())
        return Comparison(field, "yes")

    def _flag(self, field: str) -> Comparison:
        word = self._word("true or false")
        if word not in ("true", "false"):
            raise ConditionError(f"expected true or false, found `{word}`")
        return Comparison(field, "yes" if word == "true" else "no")

    def _values(self) -> tuple[str, ...]:
        values = [self._word("a value")]
        while self._take(","):
            values.append(self._word("a value"))
        return tuple(values)
