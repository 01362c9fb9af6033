"""版: makes a document the newest edition of the catalogue; editions are only ever added."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalogue import loader
from models.catalogue.own_text import OwnFormError
from models.catalogue.source import CatalogueError
from models.core.clock import now
from models.core.errors import Unavailable
from models.core.messages import _n
from models.core.transaction import act
from models.operations import audit
from models.queries import catalogue, form_revisions
from models.tables import CatalogueEdition

SYSTEM = "installation"
BROKEN = _n(
    "いまの目録とこの市の様式が合わないため、改められません。maeniwa doctor を実行して確かめてください。"
)


@act
def begin(session: Session, day: date) -> int:
    """Adopt an edition with the forms that are in force on a day; 1 where it is a new one. Again changes nothing."""
    before = catalogue.current_edition()
    return int(bring_in(session, day) != before)


def bring_in(session: Session, day: date) -> int:
    """Inside an act: the number of the edition with the forms of a day; `Unavailable` where they do not fit."""
    try:
        source = form_revisions.composed(form_revisions.offered(), day)
        loader.build(source)
    except (CatalogueError, OwnFormError) as problem:
        raise Unavailable(BROKEN) from problem
    return adopt(session, loader.dump(source))


def adopt(session: Session, source: str) -> int:
    """Inside an act: make this document the newest edition unless it is that already; the number of the edition."""
    chosen = loader.parse(source)
    newest = session.scalar(select(CatalogueEdition).order_by(CatalogueEdition.id.desc()).limit(1))
    if newest is not None and newest.digest == chosen.digest:
        return newest.id
    edition = CatalogueEdition(digest=chosen.digest, source=source, adopted_at=now())
    session.add(edition)
    session.flush()
    audit.note(session, SYSTEM, "catalogue.adopt", str(edition.id))
    return edition.id
