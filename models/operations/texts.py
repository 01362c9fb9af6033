"""文面: the city's own words for a kind of message, over the shipped ones."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import NotFound
from models.core.transaction import act
from models.operations import audit, setting_changes
from models.queries.messages import languages, parts_of, shipped_parts, text_of
from models.queries.setting_changes import TEXT
from models.rules.notices import KINDS, checked
from models.tables import MessageText


@act
def set_text(
    session: Session,
    kind: str,
    language: str,
    subject: str,
    body: str,
    actor: str,
    seen: str | None = None,
) -> None:
    """The city's words from now on; those that are shipped are the city's no more.

    `Invalid` says which place is unknown or missing, `OtherState` that the words are not as `seen`, `NotFound` that
    there is no such kind or language.
    """
    if kind not in KINDS or language not in languages():
        raise NotFound
    words = checked(kind, subject, body, language)
    setting_changes.alone(session)
    before, after = parts_of(text_of(kind, language).words), parts_of(words)
    setting_changes.judge(before, seen)
    again = after == shipped_parts(kind, language)
    if again:
        mine = (MessageText.kind == kind, MessageText.language == language)
        session.execute(delete(MessageText).where(*mine))
    else:
        row = session.get(MessageText, (kind, language)) or MessageText(kind=kind, language=language)
        row.subject, row.body, row.changed_at, row.changed_by = words.subject, words.body, now(), actor[:60]
        session.add(row)
    setting_changes.keep(session, TEXT, f"{kind}/{language}", before, after, actor)
    audit.note(session, actor, "text.reset" if again else "text.set", f"{kind}/{language}")
