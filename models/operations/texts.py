"""文面: the city's own words for a kind of message, over the shipped ones."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import NotFound
from models.core.transaction import act, rows_changed
from models.operations import audit, setting_changes
from models.queries.messages import languages, text_of
from models.queries.setting_changes import TEXT
from models.rules.notices import KINDS, Words, checked
from models.tables import MessageText


@act
def set_text(session: Session, kind: str, language: str, subject: str, body: str, actor: str) -> None:
    """The city's words from now on; `Invalid` says which place is unknown or missing. `NotFound` for no such kind."""
    if kind not in KINDS or language not in languages():
        raise NotFound
    words = checked(kind, subject, body, language)
    before = text_of(kind, language).words
    row = session.get(MessageText, (kind, language)) or MessageText(kind=kind, language=language)
    row.subject, row.body, row.changed_at, row.changed_by = words.subject, words.body, now(), actor[:60]
    session.add(row)
    setting_changes.keep(session, TEXT, f"{kind}/{language}", _parts(before), _parts(words), actor)
    audit.note(session, actor, "text.set", f"{kind}/{language}")


@act
def reset(session: Session, kind: str, language: str, actor: str) -> bool:
    """The shipped words again; False where they were not changed."""
    before = text_of(kind, language).words if kind in KINDS else None
    mine = delete(MessageText).where(MessageText.kind == kind, MessageText.language == language)
    if not rows_changed(session, mine):
        return False
    if before is not None:
        after = text_of(kind, language).words
        setting_changes.keep(session, TEXT, f"{kind}/{language}", _parts(before), _parts(after), actor)
    audit.note(session, actor, "text.reset", f"{kind}/{language}")
    return True


def _parts(words: Words) -> dict[str, str]:
    return {"subject": words.subject, "body": words.body}
