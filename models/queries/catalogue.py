"""The city's catalogue, edition by edition; an edition never changes, so it is read and built once a process."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import func, select

from models.catalogue.definitions import Catalogue
from models.catalogue.loader import parse
from models.core.db import session
from models.core.errors import NotFound, Unavailable
from models.core.space import current_space
from models.tables import CatalogueEdition


def current_edition() -> int:
    """The number of the newest edition; `Unavailable` before the first was adopted."""
    newest = session().scalar(select(func.max(CatalogueEdition.id)))
    if newest is None:
        raise Unavailable
    return int(newest)


def current() -> Catalogue:
    """The catalogue that residents and staff see now."""
    return edition(current_edition())


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
