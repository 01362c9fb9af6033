"""版: makes a document the newest edition of the catalogue; editions are only ever added."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalogue import loader
from models.core.clock import now
from models.operations import audit
from models.tables import CatalogueEdition

SYSTEM = "installation"


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
