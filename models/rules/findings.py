"""点検の気づき: everything that can be wrong with an installation, by kind, and the terminal's words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int | float
ROOM = "make room, or move the instance to a larger disk"
BY_HAND = "keep a backup and the log, and tell whoever keeps the program: nothing may be mended by guessing"
RUN_AGAIN = "see `maeniwa jobs history --failed` and the log, then `maeniwa jobs run JOB`"
KINDS: Mapping[str, tuple[str, str]] = {
    "python": (
        "Python is older than 3.11",
        "install Python 3.11 or newer and run `python3 .start serve`",
    ),
    "cookies": (
        "public_url is https but cookies travel without Secure",
        "set secure_cookies = true in maeniwa.toml",
    ),
    "polling": (
        "boards and counters poll, because behind the proxy no address of the live streams is set",
        "set events_url and let the proxy pass it to the hub (docs/live.md), or set events_port = -1",
    ),
    "no_limits": ("rate limits are off", "set rate_limits = true in maeniwa.toml, or leave it out"),
    "folder": (
        "the instance folder cannot be written: {problem}",
        "give it to the account that runs maeniwa: {folder}",
    ),
    "skew": (
        "this machine's clock and its file system differ by {seconds} seconds",
        "set the clock by NTP on both (a network drive has its own clock)",
    ),
    "room": ("only {megabytes} MB are free beside the instance", ROOM),
    "little_room": ("little room on the disk", ROOM),
    "keys_beside": (
        "the key store lies among the databases, so a backup would carry the keys with the data",
        "set keys_folder in maeniwa.toml to a folder that is backed up separately",
    ),
    "keys_open": ("others than the owner can read keys: {names}", "chmod -R go= {keys} {secret}"),
    "login": (
        "the PostgreSQL login {login} is {power}: one city's code could read another's data",
        'ALTER ROLE "{login}" NOSUPERUSER NOBYPASSRLS (see docs/settings.md)',
    ),
    "early_commit": (
        "PostgreSQL answers before a commit is on the disk (synchronous_commit = off)",
        "set synchronous_commit = on: a power cut would take back what residents were told",
    ),
    "pragma": (
        "SQLite runs with {pragma}={found}, not {wanted}",
        "put the instance on a local disk; network drives cannot keep SQLite safe",
    ),
    "damaged": ("the database file is damaged", "stop maeniwa and restore the last backup"),
    "no_municipality": (
        "no municipality yet",
        "run `maeniwa init`, or `maeniwa serve --demo` to try it",
    ),
    "left_behind": (
        "no municipality yet in PostgreSQL, but the SQLite files of {codes} are still here",
        "take database_url out of maeniwa.toml, `maeniwa backup FILE`, put it in again, `maeniwa restore FILE`",
    ),
    "no_database": (
        "the database does not answer",
        "start the database, or put the right database_url into maeniwa.toml",
    ),
    "only_reads": (
        "the database takes no writes now",
        "give the database file back its permissions, or end the server's read-only mode",
    ),
    "old_tables": ("tables are not at this build's revision", "run `maeniwa upgrade`"),
    "no_hub": (
        "the hub of the live streams does not answer",
        "start `maeniwa serve` (or `maeniwa live` beside your own web server), or set events_port = -1",
    ),
    "no_scheduler": (
        "no scheduler seen within its lease",
        "start `maeniwa serve` (or `maeniwa jobs start` beside your own web server)",
    ),
    "job_failed": ("job {job} has failed", RUN_AGAIN),
    "job_overdue": ("job {job} is overdue", RUN_AGAIN),
    "job_hanging": ("job {job} has run for long", RUN_AGAIN),
    "job_found": ("job {job} has found something wrong", RUN_AGAIN),
    "clock_set": (
        "the clock was put forwards or back while the scheduler ran",
        "let NTP keep this machine's clock, and restart `maeniwa serve` once it is right",
    ),
    "wrong_slots": (
        "{n} slots disagree with their rows (first: {some})",
        "run `maeniwa doctor --mend`: it counts their places anew",
    ),
    "wrong_tickets": ("{n} tickets disagree with their rows (first: {some})", BY_HAND),
    "wrong_bookings": ("{n} bookings disagree with their rows (first: {some})", BY_HAND),
    "stranded": (
        "{n} messages wait for {way}, and there is no way out of that kind",
        "open it at /admin/messages/ways; what waits for a whole day is given up",
    ),
    "stranded_mail": (
        "{n} messages wait for {way}, and there is no way out of that kind",
        "set smtp_url and mail_from again, or open e-mail there: /admin/messages/ways; a day later it is given up",
    ),
    "catalogue": ("catalogue/{folder}: {problem}", "correct that line, then run `maeniwa upgrade`"),
    "own_form": (
        "a form of the city's own does not fit the catalogue: {problem}",
        "until then everything stays as it was; write a new version at /admin/forms and have it released",
    ),
    "paper": (
        "no form can be printed: {problem}",
        "install again with `python3 .start serve`: typst or its Japanese font is missing",
    ),
}
"""What is wrong and what to do, in the terminal's words; a page has words of its own for the same kinds."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: its kind, and what it takes to say it.

    `city` is the code of the municipality whose it is, empty for what is the machine's or the program's.
    """

    kind: str
    city: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """What is wrong, in a line."""
        whose = f"{self.city}: " if self.city else ""
        return whose + KINDS[self.kind][0].format(**self.values)

    @property
    def mend(self) -> str:
        """What to do about it."""
        return KINDS[self.kind][1].format(**self.values)
