"""手続きの設定のいま: what the catalogue says, what the city set over it, and who has booked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.catalogue import own_procedures
from models.core.errors import NotFound
from models.queries import form_revisions, setting_changes
from models.queries.setting_changes import PROCEDURE


def base(code: str) -> dict[str, Any]:
    """A procedure's parts that can be set, as the catalogue has them; `NotFound` where there is none."""
    found = own_procedures.as_set(form_revisions.offered(), code)
    if found is None:
        raise NotFound
    return found


def own(code: str) -> dict[str, Any]:
    """What the city set differently of a procedure; empty where nothing."""
    return dict(everybodys().get(code, {}))


def everybodys() -> Mapping[str, Mapping[str, Any]]:
    """What the city set differently, by procedure."""
    return setting_changes.in_force(PROCEDURE)


def items() -> Mapping[str, str]:
    """Things to bring, by code."""
    return {code: one.words.ja for code, one in form_revisions.offered_forms().items.items()}
