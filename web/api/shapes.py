"""What several calls of the API share: strict fields, and the shape of an error."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields, validate

from models.core.messages import _n
from models.rules.message_languages import CODES
from web.reading import BY_CODE

TOO_LONG = _n("長すぎるか、短すぎます。")
NOT_OFFERED = _n("選べる値ではありません。")
OUT_OF_RANGE = _n("大きすぎるか、小さすぎます。")
FAR_AWAY = _n("2000年から2100年までの日を送ってください。")
YEARS = range(2000, 2101)
LANGUAGE_CODES = tuple(BY_CODE)
"""Languages of names."""
TOLD_CODES = CODES
"""Languages in which people can be told something."""


class Truth(fields.Boolean):
    """true or false and nothing else."""

    truthy = {True}
    falsy = {False}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Moment(fields.AwareDateTime):
    """An instant with its offset, to the second; views give it in the office's zone."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else value.isoformat(timespec="seconds")


def near(value: date) -> None:
    """Refuse days of other centuries before anybody computes with them."""
    if value.year not in YEARS:
        raise ValidationError(FAR_AWAY)


def text(most: int, *, least: int = 1, **options: Any) -> fields.String:
    """A text of so many characters."""
    return fields.String(validate=validate.Length(min=least, max=most, error=TOO_LONG), **options)


def one_of(values: tuple[str, ...], **options: Any) -> fields.String:
    """One of a few words."""
    return fields.String(validate=validate.OneOf(values, error=NOT_OFFERED), **options)


def whole(least: int, most: int, *, strict: bool = True, **options: Any) -> fields.Integer:
    """A whole number between two others; not `strict` in an address, where everything is text."""
    limits = validate.Range(min=least, max=most, error=OUT_OF_RANGE)
    return fields.Integer(strict=strict, validate=limits, **options)


def codes(least: int = 1, most: int = 20, **options: Any) -> fields.List[str]:
    """A few codes of the catalogue."""
    return fields.List(text(20), validate=validate.Length(min=least, max=most, error=TOO_LONG), **options)


class Answer(Schema):
    """What this house answers: fields may be added in time, so nobody may count on there being no others."""

    class Meta:
        """Open to more fields."""

        unknown = INCLUDE


class ProblemPart(Answer):
    """One field that could not be taken."""

    field = fields.String(required=True)
    message = fields.String(required=True)


class Problem(Answer):
    """RFC 9457 problem details; `errors` on 422, `alternatives` where a slot is full."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(ProblemPart))
    alternatives = fields.List(fields.DateTime())


def whole_minutes(value: float | None) -> int | None:
    """Minutes as a whole number; None stays None."""
    return None if value is None else round(value)
