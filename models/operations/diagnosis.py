"""点検: what is wrong with an installation and how to mend it; writes nothing unless asked to mend."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from models.catalogue.own_text import OwnFormError
from models.catalogue.source import CatalogueError
from models.core import directory, migration
from models.core.clock import now
from models.core.db import Ground, ground
from models.core.directory import Municipality
from models.core.space import entered
from models.operations import agreement, installation, jobs, readiness
from models.papers.application import ApplicationSheet, draw
from models.queries import form_revisions, undelivered
from models.queries.agreement import disagreement
from models.rules.findings import Finding
from models.rules.periods import ZONE

PYTHON = (3, 11)
LEAST_FREE_BYTES = readiness.LEAST_FREE_BYTES
MOST_SKEW_SECONDS = 2.0
PRAGMAS = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1"}


def diagnose() -> tuple[Finding, ...]:
    """Everything that is wrong with the installation this process stands on; whatever a part raises is a finding."""
    return tuple(_installation(whole=True))


def of_city(one: Municipality, whole: bool) -> tuple[Finding, ...]:
    """What an administrator of this municipality may know: what is theirs, and the machine's where they are alone.

    Where others share the machine, it is its keeper's, who sees it with `maeniwa doctor`. `whole` also looks at what
    takes a while: every row that is counted, the files of keys and of the database, and a form that is drawn.
    """
    if alone():
        return tuple(_installation(whole))
    return (*_in_city(one, whole), *(_catalogue(one.code) if whole else ()))


def alone() -> bool:
    """Whether the installation has one municipality only, whose administrator is the machine's keeper too."""
    return len(directory.municipalities()) < 2


def mend(actor: str) -> Iterator[tuple[str, int]]:
    """Mend in every municipality what can be mended without loss: (its code, slots that were counted anew)."""
    for one in directory.municipalities():
        with entered(one.space):
            yield one.code, recount(actor)


def recount(actor: str) -> int:
    """Count the places of this municipality's slots anew where they are wrong, and ask for another look; how many."""
    count = agreement.mend(now().astimezone(ZONE).date() - timedelta(days=1), actor)
    if count:
        jobs.ask("check-counters", actor)
    return count


def _installation(whole: bool) -> Iterator[Finding]:
    base = ground()
    for check in OF_MACHINE + (OF_MACHINE_WHOLE if whole else ()):
        yield from check(base)
    try:
        cities = directory.municipalities()
    except SQLAlchemyError:
        yield Finding("no_database")
        return
    if not cities:
        yield _nobody(base)
        return
    yield from readiness.of_hub()
    for one in cities:
        yield from _in_city(one, whole)


def _nobody(base: Ground) -> Finding:
    """There is no municipality; perhaps those of before the move to PostgreSQL wait to be brought over."""
    folder = base.settings.instance / "spaces"
    left = sorted(one.stem for one in folder.glob("*.db")) if base.settings.on_postgresql else []
    return Finding("left_behind", values={"codes": ", ".join(left)}) if left else Finding("no_municipality")


def _in_city(one: Municipality, whole: bool) -> Iterator[Finding]:
    """Look into one municipality; where it cannot be read, or is not this build's, nobody can look any further."""
    yield from readiness.of_municipality(one) or readiness.limits_of(one)
    with suppress(SQLAlchemyError, OSError):
        if whole and not ground().settings.on_postgresql:
            yield from _file(ground().engine(one.space), one.code)
        if migration.revision_of(one.space) == migration.head():
            yield from readiness.jobs_of(one)
            with entered(one.space):
                for look in OF_CITY + (OF_CITY_WHOLE if whole else ()):
                    yield from look(one.code)


def _python(_: Ground) -> Iterator[Finding]:
    if sys.version_info[:2] < PYTHON:
        yield Finding("python")


def _settings(base: Ground) -> Iterator[Finding]:
    chosen = base.settings
    if chosen.public_url.startswith("https") and not chosen.secure_cookies:
        yield Finding("cookies")
    if chosen.public_url.startswith("https") and not chosen.events_url and chosen.events_port >= 0:
        yield Finding("polling")
    if not chosen.rate_limits:
        yield Finding("no_limits")


def _folder(base: Ground) -> Iterator[Finding]:
    folder = base.settings.instance
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            written = os.fstat(file.fileno()).st_mtime
    except OSError as problem:
        yield Finding("folder", values={"problem": problem.strerror or "", "folder": str(folder)})
        return
    skew = abs((now() - datetime.fromtimestamp(written, UTC)).total_seconds())
    if skew > MOST_SKEW_SECONDS:
        yield Finding("skew", values={"seconds": round(skew)})
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        yield Finding("room", values={"megabytes": round(free / 1_000_000)})


def _keys(base: Ground) -> Iterator[Finding]:
    chosen = base.settings
    if chosen.keys.is_relative_to(chosen.instance / "spaces"):
        yield Finding("keys_beside")
    if os.name != "posix":
        return
    secret = chosen.instance / "secret.key"
    files = [chosen.keys, *chosen.keys.rglob("*"), secret]
    exposed = [path for path in files if path.exists() and path.stat().st_mode & 0o077]
    if exposed:
        names = f"{exposed[0]}" + (f" and {len(exposed) - 1} more" if exposed[1:] else "")
        yield Finding("keys_open", values={"names": names, "keys": str(chosen.keys), "secret": str(secret)})


def _database(base: Ground) -> Iterator[Finding]:
    with suppress(SQLAlchemyError, OSError):
        if base.settings.on_postgresql:
            yield from _login()
            yield from _durability()
        else:
            yield from _file(base.directory)


def _login() -> Iterator[Finding]:
    asked = text("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    with directory.connection() as connection:
        login = connection.execute(asked).one()
    if login.rolsuper or login.rolbypassrls:
        power = "a superuser" if login.rolsuper else "allowed to pass row security"
        yield Finding("login", values={"login": login.rolname, "power": power})


def _durability() -> Iterator[Finding]:
    with directory.connection() as connection:
        said = connection.execute(text("SHOW synchronous_commit")).scalar_one()
    if said == "off":
        yield Finding("early_commit")


def _file(engine: Engine, city: str = "") -> Iterator[Finding]:
    """A SQLite file: a municipality's, or the directory."""
    with engine.connect() as connection:
        for pragma, wanted in PRAGMAS.items():
            found = str(connection.exec_driver_sql(f"PRAGMA {pragma}").scalar())
            if found != wanted:
                yield Finding("pragma", city, {"pragma": pragma, "found": found, "wanted": wanted})
        if str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()) != "ok":
            yield Finding("damaged", city)


def _disagreement(code: str) -> Iterator[Finding]:
    found = disagreement(now().astimezone(ZONE).date())
    kinds = {"wrong_slots": found.slots, "wrong_tickets": found.tickets, "wrong_bookings": found.bookings}
    for kind, rows in kinds.items():
        if rows:
            some = ", ".join(str(number) for number in rows[:5])
            yield Finding(kind, code, {"n": len(rows), "some": some})


def _own_forms(code: str) -> Iterator[Finding]:
    try:
        with suppress(CatalogueError):
            form_revisions.composed(form_revisions.offered(), form_revisions.today())
    except OwnFormError as problem:
        yield Finding("own_form", code, {"problem": str(problem)})


def _stranded(code: str) -> Iterator[Finding]:
    for way, count in undelivered.stranded().items():
        kind = "stranded_mail" if way == "email" else "stranded"
        yield Finding(kind, code, {"n": count, "way": way})


def _catalogues(base: Ground) -> Iterator[Finding]:
    """The folders that stand over the catalogue, also of municipalities that are still to be opened."""
    for folder in sorted((base.settings.instance / "catalogue").glob("*")):
        yield from _catalogue(folder.name)


def _catalogue(code: str) -> Iterator[Finding]:
    if not (ground().settings.instance / "catalogue" / code).is_dir():
        return
    try:
        installation.offered_catalogue(code)
    except (CatalogueError, ValueError) as problem:
        yield Finding("catalogue", values={"folder": code, "problem": str(problem)})


def _paper(_: Ground) -> Iterator[Finding]:
    try:
        if not draw(_blank_sheet()).startswith(b"%PDF"):
            raise ValueError("no PDF came out")
    except Exception as problem:
        yield Finding("paper", values={"problem": str(problem)})


def _blank_sheet() -> ApplicationSheet:
    chosen = installation.offered_catalogue("doctor")
    form = next(iter(chosen.forms.values()))
    return ApplicationSheet(
        form=form,
        staff_blocks=chosen.staff_blocks,
        fields={},
        municipality="前庭市",
        addressee="前庭市長",
        printed_on=None,
        print_id="DOCTOR",
        reference="DOCTOR",
    )


OF_MACHINE: tuple[Callable[[Ground], Iterator[Finding]], ...] = (_python, _settings, _folder)
OF_MACHINE_WHOLE: tuple[Callable[[Ground], Iterator[Finding]], ...] = (_keys, _database, _catalogues, _paper)
OF_CITY: tuple[Callable[[str], Iterator[Finding]], ...] = (_stranded,)
OF_CITY_WHOLE: tuple[Callable[[str], Iterator[Finding]], ...] = (_disagreement, _own_forms)
