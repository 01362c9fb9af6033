"""What can go wrong, by name: each error knows its HTTP status and says in plain words what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from models.core.messages import Message, _n, message


@dataclass(frozen=True)
class FieldProblem:
    """One field that cannot be taken as it is; `field` is the name that the sender used."""

    field: str
    message: Message


class DomainError(Exception):
    """An act that was refused; nothing was written."""

    status: ClassVar[int] = 409
    kind: ClassVar[str] = "conflict"
    default: ClassVar[str] = _n("いまの状態ではできません。画面を開き直して、もう一度お試しください。")

    def __init__(self, text: Message | str | None = None, **extra: Any) -> None:
        """`text` is for people; `extra` goes into the machine's answer and never holds personal data."""
        self.message = text if isinstance(text, Message) else message(text or self.default)
        self.extra = extra
        super().__init__(str(self.message))


class NotFound(DomainError):
    """Unknown, malformed, somebody else's or another municipality's: one identical answer for all."""

    status = 404
    kind = "not-found"
    default = _n("見つかりませんでした。アドレスや番号をもう一度お確かめください。")


class Gone(DomainError):
    """It existed and the holder was proven, but it has ended."""

    status = 410
    kind = "gone"
    default = _n("期限が過ぎたため、もう使えません。")


class Conflict(DomainError):
    """The present state forbids it."""


class Invalid(DomainError):
    """Well-formed but not acceptable; `problems` names each field and what to do."""

    status = 422
    kind = "invalid"
    default = _n("入力を確かめてください。")

    def __init__(self, problems: Sequence[FieldProblem], text: Message | str | None = None) -> None:
        """Keep every problem, in the order in which the fields are asked."""
        super().__init__(text)
        self.problems = tuple(problems)


class Unauthorized(DomainError):
    """No or bad credentials."""

    status = 401
    kind = "unauthorized"
    default = _n("サインインしてください。")


class Forbidden(DomainError):
    """Known, but not in this role or office."""

    status = 403
    kind = "forbidden"
    default = _n("この操作をする権限がありません。")


class TooMany(DomainError):
    """Too often; `retry_after` seconds go into the answer's header."""

    status = 429
    kind = "too-many"
    default = _n("短い間に何度も受け付けました。少し待ってから、もう一度お試しください。")

    def __init__(self, text: Message | str | None = None, retry_after: int = 60, **extra: Any) -> None:
        """Say when to come back, in seconds."""
        super().__init__(text, **extra)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Cannot be served safely just now; nothing was written."""

    status = 503
    kind = "unavailable"
    default = _n("ただいま混み合っています。入力はそのままで、少し待ってからもう一度お試しください。")
    retry_after = 5


def invalid(field: str, text: str, **values: Any) -> Invalid:
    """An `Invalid` with a single field's problem."""
    return Invalid([FieldProblem(field, message(text, **values))])


class OtherKeys(Exception):
    """A folder holds no keys, or those of another installation; nothing was changed in it."""
