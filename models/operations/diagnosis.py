"""点検: what is wrong with an installation and how to mend it; writes nothing unless asked to mend."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from models.catalogue.own_text import OwnFormError
from models.catalogue.source import CatalogueError
from models.core import directory, migration
from models.core.clock import now
from models.core.db import Ground, ground
from models.core.space import entered
from models.operations import agreement, installation, jobs, readiness
from models.papers.application import ApplicationSheet, draw
from models.queries import form_revisions, undelivered
from models.queries.agreement import disagreement
from models.rules.periods import ZONE

PYTHON = (3, 11)
LEAST_FREE_BYTES = readiness.LEAST_FREE_BYTES
MOST_SKEW_SECONDS = 2.0
PRAGMAS = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1"}
MENDS = {
    readiness.NO_MUNICIPALITY: "run `maeniwa init`, or `maeniwa serve --demo` to try it",
    readiness.NO_DATABASE: "start the database, or put the right database_url into maeniwa.toml",
    readiness.ONLY_READS: "give the database file back its permissions, or end the server's read-only mode",
    readiness.OLD_TABLES: "run `maeniwa upgrade`",
    readiness.NO_HUB: "start `maeniwa serve` (or `maeniwa live` beside your own web server), or set events_port = -1",
    readiness.NO_SCHEDULER: "start `maeniwa serve` (or `maeniwa jobs start` beside your own web server)",
}

RUN_AGAIN = "see `maeniwa jobs history --failed` and the log, then `maeniwa jobs run JOB`"
COUNT_AGAIN = "run `maeniwa doctor --mend`: it counts their places anew"
OPEN_WAY = "open it at /admin/messages/ways; what waits for a whole day is given up"
MENDS_BY_WAY = {
    "email": "set smtp_url and mail_from again, or open e-mail at /admin/messages/ways; what waits for a whole day "
    "is given up"
}
BY_HAND = "keep a backup and the log, and tell whoever keeps the program: nothing may be mended by guessing"
OWN_FORM = "until then everything stays as it was; write a new version at /admin/forms and have it released"
SET_CLOCK = "let NTP keep this machine's clock, and restart `maeniwa serve` once it is right"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and what to do about it."""

    what: str
    mend: str


def diagnose() -> tuple[Finding, ...]:
    """Everything that is wrong with the installation this process stands on; whatever a part raises is a finding."""
    base = ground()
    return tuple(finding for check in CHECKS for finding in check(base))


def mend(actor: str) -> Iterator[tuple[str, int]]:
    """Mend in every municipality what can be mended without loss: (its code, slots that were counted anew)."""
    for one in directory.municipalities():
        with entered(one.space):
            count = agreement.mend(now().astimezone(ZONE).date() - timedelta(days=1), actor)
            if count:
                jobs.ask("check-counters", actor)
            yield one.code, count


def _python(_: Ground) -> Iterator[Finding]:
    if sys.version_info[:2] < PYTHON:
        yield Finding(
            "Python is older than 3.11", "install Python 3.11 or newer and run `python3 .start serve`"
        )


def _settings(base: Ground) -> Iterator[Finding]:
    chosen = base.settings
    if chosen.public_url.startswith("https") and not chosen.secure_cookies:
        yield Finding(
            "public_url is https but cookies travel without Secure",
            "set secure_cookies = true in maeniwa.toml",
        )
    if chosen.public_url.startswith("https") and not chosen.events_url and chosen.events_port >= 0:
        yield Finding(
            "boards and counters poll, because behind the proxy no address of the live streams is set",
            "set events_url and let the proxy pass it to the hub (docs/live.md), or set events_port = -1",
        )
    if not chosen.rate_limits:
        yield Finding("rate limits are off", "set rate_limits = true in maeniwa.toml, or leave it out")


def _folder(base: Ground) -> Iterator[Finding]:
    folder = base.settings.instance
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            written = os.fstat(file.fileno()).st_mtime
    except OSError as problem:
        yield Finding(
            f"the instance folder cannot be written: {problem.strerror}",
            f"give it to the account that runs maeniwa: {folder}",
        )
        return
    skew = abs((now() - datetime.fromtimestamp(written, UTC)).total_seconds())
    if skew > MOST_SKEW_SECONDS:
        yield Finding(
            f"this machine's clock and its file system differ by {skew:.0f} seconds",
            "set the clock by NTP on both (a network drive has its own clock)",
        )
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        yield Finding(
            f"only {free / 1_000_000:.0f} MB are free beside the instance",
            "make room, or move the instance to a larger disk",
        )


def _keys(base: Ground) -> Iterator[Finding]:
    chosen = base.settings
    if chosen.keys.is_relative_to(chosen.instance / "spaces"):
        yield Finding(
            "the key store lies among the databases, so a backup would carry the keys with the data",
            "set keys_folder in maeniwa.toml to a folder that is backed up separately",
        )
    if os.name != "posix":
        return
    files = [chosen.keys, *chosen.keys.rglob("*"), chosen.instance / "secret.key"]
    exposed = [path for path in files if path.exists() and path.stat().st_mode & 0o077]
    if exposed:
        names = f"{exposed[0]}" + (f" and {len(exposed) - 1} more" if exposed[1:] else "")
        yield Finding(
            f"others than the owner can read keys: {names}",
            f"chmod -R go= {chosen.keys} {chosen.instance / 'secret.key'}",
        )


def _database(base: Ground) -> Iterator[Finding]:
    try:
        if base.settings.on_postgresql:
            yield from _login(base)
            yield from _durability()
        else:
            yield from _pragmas("the directory", base.directory)
            for one in directory.municipalities():
                yield from _pragmas(one.code, base.engine(one.space))
    except (SQLAlchemyError, OSError):
        return


def _login(base: Ground) -> Iterator[Finding]:
    asked = text("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    with directory.connection() as connection:
        login = connection.execute(asked).one()
    if login.rolsuper or login.rolbypassrls:
        kind = "a superuser" if login.rolsuper else "allowed to pass row security"
        yield Finding(
            f"the PostgreSQL login {login.rolname} is {kind}: one city's code could read another's data",
            f'ALTER ROLE "{login.rolname}" NOSUPERUSER NOBYPASSRLS (see docs/settings.md)',
        )


def _durability() -> Iterator[Finding]:
    with directory.connection() as connection:
        said = connection.execute(text("SHOW synchronous_commit")).scalar_one()
    if said == "off":
        yield Finding(
            "PostgreSQL answers before a commit is on the disk (synchronous_commit = off)",
            "set synchronous_commit = on: a power cut would take back what residents were told",
        )


def _pragmas(name: str, engine: Engine) -> Iterator[Finding]:
    with engine.connect() as connection:
        for pragma, wanted in PRAGMAS.items():
            found = str(connection.exec_driver_sql(f"PRAGMA {pragma}").scalar())
            if found != wanted:
                yield Finding(
                    f"{name}: SQLite runs with {pragma}={found}, not {wanted}",
                    "put the instance on a local disk; network drives cannot keep SQLite safe",
                )
        if str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()) != "ok":
            yield Finding(f"{name}: the database file is damaged", "stop maeniwa and restore the last backup")


def _ready(_: Ground) -> Iterator[Finding]:
    for found in readiness.findings() + readiness.limits():
        yield Finding(found, next(mend for line, mend in MENDS.items() if found.endswith(line)))


def _jobs(_: Ground) -> Iterator[Finding]:
    for found in readiness.of_jobs():
        clock = found.endswith(readiness.JOB_TROUBLES["set"])
        yield Finding(found, SET_CLOCK if clock else RUN_AGAIN)


def _counters(_: Ground) -> Iterator[Finding]:
    yield from _in_each(_disagreement)


def _messages(_: Ground) -> Iterator[Finding]:
    yield from _in_each(_stranded)


def _forms(_: Ground) -> Iterator[Finding]:
    yield from _in_each(_own_forms)


def _in_each(look: Callable[[str], Iterator[Finding]]) -> Iterator[Finding]:
    """Look into every municipality that can be read."""
    with suppress(SQLAlchemyError, OSError):
        for one in directory.municipalities():
            if migration.revision_of(one.space) == migration.head():
                with entered(one.space):
                    yield from look(one.code)


def _disagreement(code: str) -> Iterator[Finding]:
    found = disagreement(now().astimezone(ZONE).date())
    kinds = {"slots": found.slots, "tickets": found.tickets, "bookings": found.bookings}
    for kind, rows in kinds.items():
        if rows:
            some = ", ".join(str(number) for number in rows[:5])
            yield Finding(
                f"{code}: {len(rows)} {kind} disagree with their rows (first: {some})",
                COUNT_AGAIN if kind == "slots" else BY_HAND,
            )


def _own_forms(code: str) -> Iterator[Finding]:
    try:
        with suppress(CatalogueError):
            form_revisions.composed(form_revisions.offered(), form_revisions.today())
    except OwnFormError as problem:
        yield Finding(f"{code}: a form of the city's own does not fit the catalogue: {problem}", OWN_FORM)


def _stranded(code: str) -> Iterator[Finding]:
    for way, count in undelivered.stranded().items():
        yield Finding(
            f"{code}: {count} messages wait for {way}, and there is no way out of that kind",
            MENDS_BY_WAY.get(way, OPEN_WAY),
        )


def _catalogue(base: Ground) -> Iterator[Finding]:
    folders = sorted(path.name for path in (base.settings.instance / "catalogue").glob("*") if path.is_dir())
    for code in folders:
        try:
            installation.offered_catalogue(code)
        except (CatalogueError, ValueError) as problem:
            yield Finding(f"catalogue/{code}: {problem}", "correct that line, then run `maeniwa upgrade`")


def _paper(base: Ground) -> Iterator[Finding]:
    try:
        if not draw(_blank_sheet()).startswith(b"%PDF"):
            raise ValueError("no PDF came out")
    except Exception as problem:
        yield Finding(
            f"no form can be printed: {problem}",
            "install again with `python3 .start serve`: typst or its Japanese font is missing",
        )


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


CHECKS: tuple[Callable[[Ground], Iterator[Finding]], ...] = (
    _python,
    _settings,
    _folder,
    _keys,
    _database,
    _ready,
    _jobs,
    _counters,
    _messages,
    _catalogue,
    _forms,
    _paper,
)
