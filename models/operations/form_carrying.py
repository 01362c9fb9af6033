"""様式を運ぶ: released versions of forms as one file, taken over by another installation of the same city."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.errors import invalid
from models.core.messages import _n
from models.core.space import current_space
from models.core.transaction import act, flush_unique
from models.operations import audit
from models.operations.editions import bring_in
from models.queries import form_revisions
from models.queries.form_revisions import RELEASED, RevisionView
from models.tables import FormRevision

FORMAT = "maeniwa forms 1"
NOT_FORMS = _n(
    "様式のファイルではないか、途中で変わっています。もう一度、様式を決める側で書き出してください。"
)
OTHER_CITY = _n("別の自治体の様式のファイルです。")
OTHER_TEXT = _n("様式{form}の第{n}版が、ここでは別の内容です。様式は、片方の側だけで改めてください。")
_TEXTS = ("form", "text", "reason", "proposed_by", "decided_by")


def exported() -> dict[str, Any]:
    """Every released version, oldest first, to be carried to the other side of a separated network."""
    found = [_line(one) for one in form_revisions.released()]
    return {"format": FORMAT, "municipality": current_space().code, "forms": found}


@act
def take_over(session: Session, file: Any, actor: str) -> int:
    """Take over versions that the other side released; how many are new. A second time changes nothing.

    `Invalid` for any other file, for a version that differs from the one here, and for one that is no form here:
    nothing is taken over then.
    """
    new = 0
    for one in _read(file):
        mine = (FormRevision.form == one["form"], FormRevision.number == one["number"])
        row = session.scalar(select(FormRevision).where(*mine))
        if row is None:
            form_revisions.made(one["form"], one["text"])
            session.add(FormRevision(state=RELEASED, **one))
            new += 1
        elif (row.text, row.first_day) != (one["text"], one["first_day"]):
            raise invalid("file", OTHER_TEXT, form=row.form, n=row.number)
    if new:
        flush_unique(session)
        audit.note(session, actor, "form.import", "", str(new))
        bring_in(session, form_revisions.today())
    return new


def _line(one: RevisionView) -> dict[str, Any]:
    assert one.decided_at is not None
    instants = {"proposed_at": one.proposed_at.isoformat(), "decided_at": one.decided_at.isoformat()}
    texts = {name: getattr(one, name) for name in _TEXTS}
    return {**texts, "number": one.number, "first_day": one.first_day.isoformat(), **instants}


def _read(file: Any) -> list[dict[str, Any]]:
    match file:
        case {"format": str(kind), "municipality": str(code), "forms": list(lines)} if kind == FORMAT:
            if code != current_space().code:
                raise invalid("file", OTHER_CITY)
            return [_version(one) for one in lines]
        case _:
            raise invalid("file", NOT_FORMS)


def _version(one: Any) -> dict[str, Any]:
    try:
        found = {name: one[name] for name in _TEXTS}
        number = one["number"]
        days: dict[str, Any] = {
            "first_day": date.fromisoformat(one["first_day"]),
            "proposed_at": datetime.fromisoformat(one["proposed_at"]),
            "decided_at": datetime.fromisoformat(one["decided_at"]),
        }
    except (KeyError, TypeError, ValueError) as problem:
        raise invalid("file", NOT_FORMS) from problem
    sound = all(isinstance(text, str) for text in found.values()) and isinstance(number, int) and number > 0
    if not sound or isinstance(number, bool) or found["proposed_by"] == found["decided_by"]:
        raise invalid("file", NOT_FORMS)
    if any(days[name].tzinfo is None for name in ("proposed_at", "decided_at")):
        raise invalid("file", NOT_FORMS)
    return {**found, "number": number, **days}
