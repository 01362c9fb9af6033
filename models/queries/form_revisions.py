"""様式の改版: which versions of a form the city wrote, which waits, which is in force on a day, and what each makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, select

from models.catalogue import loader, own_procedures
from models.catalogue.definitions import Catalogue, Form
from models.catalogue.merging import CatalogueSource, read_source
from models.catalogue.own_forms import laid, own_form
from models.catalogue.own_text import OwnFormError
from models.core.clock import now
from models.core.days import office_day
from models.core.db import session
from models.core.errors import FieldProblem, Invalid, NotFound
from models.core.space import current_space
from models.queries import catalogue, setting_changes
from models.rules.forms import packing
from models.rules.periods import ZONE
from models.tables import FormRevision

RELEASED, PROPOSED, DROPPED = "released", "proposed", "dropped"


@dataclass(frozen=True)
class RevisionView:
    """One version of a form: the city's `text` over the catalogue's, in force from `first_day` once released.

    `number` counts the released ones of the form from 1; None for one that waits or was dropped.
    """

    id: int
    form: str
    number: int | None
    state: str
    text: str
    reason: str
    first_day: date
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str | None


def today() -> date:
    """The day by which forms change."""
    return office_day(now(), ZONE)


def one(number: int) -> RevisionView:
    """The version of a row; `NotFound` where there is none."""
    row = session().get(FormRevision, number)
    if row is None:
        raise NotFound
    return view(row)


def waiting() -> tuple[RevisionView, ...]:
    """What waits for a second administrator, oldest first."""
    return _listed(FormRevision.state == PROPOSED)


def of_form(form: str) -> tuple[RevisionView, ...]:
    """Every released version of a form, newest first."""
    return _listed(FormRevision.form == form, FormRevision.state == RELEASED)[::-1]


def released() -> tuple[RevisionView, ...]:
    """Every released version of every form, oldest first."""
    return _listed(FormRevision.state == RELEASED)


def in_force(day: date) -> dict[str, RevisionView]:
    """The version of each form that the city changed, as it counts on a day."""
    chosen = (
        select(FormRevision)
        .where(FormRevision.state == RELEASED, FormRevision.first_day <= day)
        .order_by(FormRevision.first_day, FormRevision.number)
    )
    return {row.form: view(row) for row in session().scalars(chosen)}


def coming(day: date) -> tuple[RevisionView, ...]:
    """What was released and begins after a day, the next first."""
    found = _listed(FormRevision.state == RELEASED, FormRevision.first_day > day)
    return tuple(sorted(found, key=lambda one: (one.first_day, one.id)))


def offered() -> CatalogueSource:
    """The catalogue's forms as they are without the city's versions: shipped, with the city's own folder over them."""
    return read_source(*catalogue.overrides(current_space()))


def offered_forms() -> Catalogue:
    """The catalogue without the city's versions of forms."""
    return _parsed(loader.dump(offered()))


@lru_cache(maxsize=8)
def _parsed(text: str) -> Catalogue:
    return loader.parse(text)


def composed(source: CatalogueSource, day: date) -> CatalogueSource:
    """The catalogue with what the city set of procedures and every version of a form that is in force on a day.

    OwnFormError where a form does not fit any more.
    """
    source = own_procedures.laid(source, setting_changes.in_force(setting_changes.PROCEDURE))
    for form, found in sorted(in_force(day).items()):
        source = laid(source, form, found.text)
    return source


def made(form: str, text: str) -> Form:
    """The form that a city's text makes; `Invalid` says which line is wrong, `NotFound` for no such form."""
    source = offered()
    if form not in source.documents["forms"].data["forms"]:
        raise NotFound
    try:
        return own_form(source, form, text)
    except OwnFormError as problem:
        raise Invalid([FieldProblem("text", problem.message)]) from problem


def marks(form: str) -> Mapping[int, str]:
    """By edition, the mark that a sheet of the form bears at its foot; newest edition first."""
    found = {}
    for edition in catalogue.editions():
        known = catalogue.edition(edition).forms.get(form)
        if known is not None:
            found[edition] = packing.mark(known)
    return found


def _listed(*conditions: ColumnElement[bool]) -> tuple[RevisionView, ...]:
    chosen = select(FormRevision).where(*conditions).order_by(FormRevision.id)
    return tuple(view(row) for row in session().scalars(chosen))


def view(row: FormRevision) -> RevisionView:
    """A row as administrators see it."""
    return RevisionView(
        row.id, row.form, row.number, row.state, row.text, row.reason, row.first_day, row.proposed_at,
        row.proposed_by, row.decided_at, row.decided_by,
    )  # fmt: skip
