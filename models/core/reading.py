"""一回の読み取り: what one page asks for again and again is read once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import Session

from models.core.db import SpaceSession, session, writing

P = ParamSpec("P")
R = TypeVar("R")
KEPT = "read once"


def once_a_reading(question: Callable[P, R]) -> Callable[P, R]:
    """Make a query one that keeps its answer until the transaction that read it ends.

    Its arguments are hashable and its answer is never changed by who gets it. Inside an act nothing is kept: there the
    answer may change from one line to the next.
    """

    @functools.wraps(question)
    def answered(*args: P.args, **kwargs: P.kwargs) -> R:
        if writing.get():
            return question(*args, **kwargs)
        kept: dict[Hashable, Any] = session().info.setdefault(KEPT, {})
        asked = (question, args, tuple(kwargs.items()))
        if asked not in kept:
            kept[asked] = question(*args, **kwargs)
        found: R = kept[asked]
        return found

    return answered


@event.listens_for(SpaceSession, "after_transaction_end")
def forget(ended: Session, _: object) -> None:
    """What was read is read anew by whatever comes after."""
    ended.info.pop(KEPT, None)
