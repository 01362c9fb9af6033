"""導入: open a municipality's space from a plan, adopt the catalogue's editions, bring old tables up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalogue import loader
from models.catalogue.definitions import Catalogue
from models.catalogue.municipality import MunicipalityPlan, OfficePlan
from models.catalogue.own_text import OwnFormError
from models.core import directory, log, migration
from models.core.db import session as reading
from models.core.migration import SpaceExists
from models.core.space import Space, entered
from models.core.transaction import act
from models.operations import audit, editions, first_run, slots
from models.queries import form_revisions
from models.queries.catalogue import overrides
from models.tables import (
    CatalogueEdition,
    Counter,
    CounterQueue,
    ExceptionalDay,
    Hall,
    Office,
    OfficeProcedure,
    OpeningHours,
)


def open_municipality(plan: MunicipalityPlan, hosts: Sequence[str] = (), ready: bool = True) -> Space:
    """Make a municipality's space, fill it from its plan, publish its slots and enter it in the directory.

    One that is not `ready` lets residents book only after its first run. Raises `SpaceExists` where it is open
    already; what an earlier, interrupted attempt left is finished.
    """
    space = Space(plan.code)
    directory.prepare()
    if space in {found.space for found in directory.municipalities()}:
        raise SpaceExists(space.code)
    try:
        migration.create_space(space)
    except SpaceExists:
        migration.migrate(space)
    with entered(space):
        _bring_up()
        furnish(plan)
        slots.publish()
        if not ready:
            first_run.begin(editions.SYSTEM)
    directory.enter_in_directory(space, plan.words.ja, plan.government_code, hosts)
    return space


def offered_catalogue(code: str) -> Catalogue:
    """The catalogue that a municipality of this code would start with."""
    return loader.load(*overrides(Space(code)))


@act
def adopt_catalogue(session: Session, source: str) -> int:
    """Make this document the newest edition unless it is that already; the number of the edition."""
    return editions.adopt(session, source)


def refresh() -> None:
    """Bring every open municipality's tables and catalogue up to this build (done at each start)."""
    directory.prepare()
    for found in directory.municipalities():
        if migration.revision_of(found.space) != migration.head():
            migration.migrate(found.space)
        with entered(found.space):
            _bring_up()


def _bring_up() -> None:
    """Adopt what is shipped, the city's own folder over it, and the city's own forms over both.

    Where a form that the city wrote does not fit what is shipped any more, the newest edition stays in force.
    """
    try:
        source = form_revisions.composed(form_revisions.offered(), form_revisions.today())
    except OwnFormError as problem:
        log.logger().error("own form does not fit the catalogue", error=str(problem))
        return
    text = loader.dump(source)
    if not _adopted(text):
        loader.build(source)
        adopt_catalogue(text)


def _adopted(source: str) -> bool:
    """Whether this document is the newest edition, without building it (a catalogue's digest is its text's)."""
    newest = select(CatalogueEdition.digest).order_by(CatalogueEdition.id.desc()).limit(1)
    return reading().scalar(newest) == hashlib.sha256(source.encode()).hexdigest()


@act
def furnish(session: Session, plan: MunicipalityPlan) -> None:
    """Write the plan's offices, hours, counters and offers into a space that has none."""
    if session.scalar(select(Office.id).limit(1)) is not None:
        return
    for position, office in enumerate(plan.offices):
        _add_office(session, position, office)
    audit.note(session, editions.SYSTEM, "plan.furnish", plan.code)


def _add_office(session: Session, position: int, plan: OfficePlan) -> None:
    office = Office(
        code=plan.code,
        position=position,
        name=plan.words.ja,
        name_en=plan.words.en,
        name_easy=plan.words.easy,
        address=plan.address,
        access=plan.access.ja if plan.access else "",
        access_en=plan.access.en if plan.access else "",
        telephone=plan.telephone,
        timezone=plan.timezone,
        booking_days_ahead=plan.booking_days_ahead,
        bookable_share=plan.bookable_share,
    )
    session.add(office)
    session.flush()
    session.add(Hall(office_id=office.id))
    for span in plan.hours:
        session.add(
            OpeningHours(office_id=office.id, weekday=span.weekday, opens=span.opens, closes=span.closes)
        )
    for item in plan.exceptions:
        session.add(
            ExceptionalDay(
                office_id=office.id, day=item.day, opens=item.opens, closes=item.closes, reason=item.reason
            )
        )
    session.add_all(OfficeProcedure(office_id=office.id, procedure=code) for code in plan.procedures)
    for counter in plan.counters:
        row = Counter(office_id=office.id, number=counter.number, name=counter.name)
        session.add(row)
        session.flush()
        for rank, queue in enumerate(counter.queues):
            session.add(CounterQueue(counter_id=row.id, queue=queue, rank=rank))
