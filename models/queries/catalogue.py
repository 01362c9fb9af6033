"""The city's catalogue, edition by edition; an edition never changes, so it is read and built once a process."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import func, select

from models.catalogue.definitions import Catalogue
from models.catalogue.loader import parse
from models.core.db import ground, session
from models.core.errors import NotFound, Unavailable
from models.core.reading import once_a_reading
from models.core.space import Space, current_space
from models.tables import CatalogueEdition

MOST_EDITIONS = 200
"""So many editions back the form of a sealed application is looked for at most."""
NEWEST = select(CatalogueEdition.id, CatalogueEdition.digest).order_by(CatalogueEdition.id.desc()).limit(1)
"""Every page asks this, so it is built once."""


def overrides(space: Space) -> tuple[Path, ...]:
    """The city's own catalogue folder, where it has one: INSTANCE/catalogue/CODE."""
    folder = ground().settings.instance / "catalogue" / space.code
    return (folder,) if folder.is_dir() else ()


@once_a_reading
def newest() -> tuple[int, Catalogue]:
    """The newest edition's number and catalogue; `Unavailable` before the first was adopted."""
    row = session().execute(NEWEST).first()
    if row is None:
        raise Unavailable
    return row.id, _built(current_space().code, row.id, row.digest)


def current_edition() -> int:
    """The number of the newest edition."""
    return newest()[0]


def editions(since: datetime | None = None) -> tuple[int, ...]:
    """The numbers of the editions that were in force since an instant, newest first; without one, of the newest."""
    newest = select(CatalogueEdition.id).order_by(CatalogueEdition.id.desc())
    if since is None:
        return tuple(session().scalars(newest.limit(MOST_EDITIONS)))
    before = newest.where(CatalogueEdition.adopted_at < since).limit(1).scalar_subquery()
    chosen = newest.where(CatalogueEdition.id >= func.coalesce(before, 0)).limit(MOST_EDITIONS)
    return tuple(session().scalars(chosen))


def current() -> Catalogue:
    """The catalogue that residents and staff see now."""
    return newest()[1]


def edition(number: int) -> Catalogue:
    """One edition of the catalogue, as it was adopted."""
    digest = session().scalar(select(CatalogueEdition.digest).where(CatalogueEdition.id == number))
    if digest is None:
        raise NotFound
    return _built(current_space().code, number, digest)


def edition_with(form: str, before: int) -> int:
    """The edition in which a form is begun now: the newest, or `before` where the newest no longer has the form."""
    number, known = newest()
    return number if form in known.forms else before


@lru_cache(maxsize=256)
def _built(_space: str, number: int, _digest: str) -> Catalogue:
    source = session().scalar(select(CatalogueEdition.source).where(CatalogueEdition.id == number))
    return parse(str(source))
