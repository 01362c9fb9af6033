"""待ちのようすを取り込む: what the inside counted is shown outside, with its time, until something newer comes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.core.errors import invalid
from models.core.transaction import act, rehearsal
from models.operations import audit, carried_files, pairing
from models.papers import carried, status_file
from models.rules.sides import OUTSIDE


def look(content: bytes, actor: str) -> datetime:
    """As `take`, and nothing is changed."""
    with rehearsal():
        return take(content, actor)


@act
def take(session: Session, content: bytes, actor: str) -> datetime:
    """Take the counts of the inside in; when they were made. Raises as a day-list's intake does."""
    pairing.only_on(OUTSIDE)
    file = carried_files.proven(content, carried.STATUS)
    try:
        found = status_file.offices(file.body)
    except ValueError as problem:
        raise invalid("file", carried_files.NOT_READABLE) from problem
    for one in found:
        place = carried_files.known_office(one.office)
        carried_files.claim(session, file, place, actor)
        carried_files.note(session, file, place, status_file.told_of(one))
    audit.note(session, actor, "status.import", "", f"offices {len(found)}")
    return file.header.made_at
