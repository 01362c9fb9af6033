"""The city's catalogue, edition by edition; an edition never changes, so it is read and built once a process."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import select

from models.catalogue.definitions import Catalogue
from models.catalogue.loader import parse
from models.core.db import session
from models.core.errors import NotFound, Unavailable
from models.core.space import current_space
from models.tables import CatalogueEdition

MOST_EDITIONS = 12
"""So many editions back the form of a sealed application is looked for."""


def newest() -> tuple[int, Catalogue]:
    """The newest edition's number and catalogue; `Unavailable` before the first was adopted."""
    chosen = (
        select(CatalogueEdition.id, CatalogueEdition.digest).order_by(CatalogueEdition.id.desc()).limit(1)
    )
    row = session().execute(chosen).first()
    if row is None:
        raise Unavailable
    return row.id, _built(current_space().code, row.id, row.digest)


def current_edition() -> int:
    """The number of the newest edition."""
    return newest()[0]


def editions() -> tuple[int, ...]:
    """The numbers of the newest editions, newest first; an older one is in no code that can still be opened."""
    chosen = select(CatalogueEdition.id).order_by(CatalogueEdition.id.desc()).limit(MOST_EDITIONS)
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


@lru_cache(maxsize=256)
def _built(_space: str, number: int, _digest: str) -> Catalogue:
    source = session().scalar(select(CatalogueEdition.source).where(CatalogueEdition.id == number))
    return parse(str(source))
