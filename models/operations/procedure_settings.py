"""手続きを設定する: the city's words, minutes and things to bring of a procedure, in a new edition of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.transaction import act
from models.operations import audit, editions, setting_changes
from models.queries import form_revisions, procedure_settings
from models.queries.setting_changes import PROCEDURE
from models.rules import procedure_settings as rules
from models.tables import CatalogueEdition


@act
def set_procedure(session: Session, code: str, wanted: Mapping[str, Any], seen: str, actor: str) -> None:
    """What differs from the catalogue from now on; bookings keep the edition in which they were made.

    `Invalid` names each field, `OtherState` where it is not as `seen`, `NotFound` for no such procedure.
    """
    newest = select(CatalogueEdition.id).order_by(CatalogueEdition.id.desc()).limit(1)
    session.execute(newest.with_for_update())
    before = procedure_settings.own(code)
    setting_changes.judge(before, seen)
    after = checked(code, wanted)
    setting_changes.keep(session, PROCEDURE, code, before, after, actor)
    session.flush()
    editions.bring_in(session, form_revisions.today())
    audit.note(session, actor, "procedure.set", code, ", ".join(sorted(after))[:200])


def checked(code: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What of `wanted` differs from the catalogue; `Invalid` names each field that may not be."""
    return rules.own(wanted, procedure_settings.base(code), procedure_settings.items())
