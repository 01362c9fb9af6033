"""保存期間を変える: one administrator proposes an office's numbers, another one confirms them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, Forbidden
from models.core.messages import _n
from models.core.transaction import act
from models.operations import audit, office_policies, setting_changes
from models.queries.offices import OfficeView
from models.queries.retention import TOPIC, policy_of
from models.queries.setting_changes import RETENTION
from models.rules.retention import checked

NOTHING_PROPOSED = _n("確かめを待っている変更はありません。画面を開き直してください。")
OTHER_PROPOSED = _n("見たあとに、別の変更が出されました。もう一度、変わるところを確かめてください。")
SECOND_PERSON = _n("保存期間の変更は、申し出た人とは別の管理者が確かめます。")


@act
def set_policy(session: Session, place: OfficeView, own: Mapping[str, object], actor: str) -> None:
    """Propose an office's own days; they hold once another administrator confirms. `Invalid` names each wrong one."""
    days = checked(own)
    row = office_policies.held(session, place, TOPIC, actor)
    proposed = {"days": days, "by": actor, "at": now().isoformat()}
    row.own = {**row.own, "proposed": proposed}
    audit.note(session, actor, "retention.propose", place.code, _said(days))


@act
def confirm(session: Session, place: OfficeView, actor: str, seen: str) -> None:
    """Let proposed days hold as they were `seen` (when they were proposed, ISO 8601).

    `Forbidden` for whoever proposed them, `Conflict` where nothing waits, or something else than was seen.
    """
    row = office_policies.held(session, place, TOPIC, actor)
    proposed = row.own.get("proposed")
    if not proposed:
        raise Conflict(NOTHING_PROPOSED)
    if proposed["by"] == actor:
        raise Forbidden(SECOND_PERSON)
    if proposed["at"] != seen:
        raise Conflict(OTHER_PROPOSED)
    days = checked(proposed["days"])
    holds = policy_of(place.id)
    before = {name: getattr(holds, name) for name in days}
    setting_changes.keep(session, RETENTION, place.code, before, days, actor)
    row.own = {"days": {**row.own.get("days", {}), **days}}
    audit.note(session, actor, "retention.confirm", place.code, _said(days))


@act
def drop(session: Session, place: OfficeView, actor: str) -> None:
    """Take a proposal back; a second time changes nothing."""
    row = office_policies.held(session, place, TOPIC, actor)
    if row.own.get("proposed"):
        row.own = {"days": row.own.get("days", {})}
        audit.note(session, actor, "retention.drop", place.code)


def _said(days: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(days.items()))[:200]
