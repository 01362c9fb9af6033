"""時刻表: which job runs when and what it promises. Times are Japan's.

A job runs once a period and has its whole period's work to do then; what is looked at often has no period, because
its work is found by what stands in the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from models.rules import periods
from models.rules.periods import DAY, HOUR, MONTH, WEEK
from models.rules.sides import BOTH, INSIDE, OUTSIDE

RUNNING, DONE, FAILED, ASKED = "running", "done", "failed", "asked"
"""How a run stands; what somebody asked for is begun at the next look."""
MOST_MISSED = 400
"""Of the periods that were missed, a job that makes up for each of them does at most so many."""


@dataclass(frozen=True)
class Entry:
    """One job of `models.operations.jobs.JOBS`: from when on it is due, and what it promises (README, in English).

    `at` is a time of the day (a week's job: of its Monday, a month's job: of its first day; an hour's job: its minute
    counts). Of several missed periods the newest is run, or `each`. `slow` ones run beside the others and delay
    nobody. What `leaves` the database (a file, a letter) cannot be rehearsed. `side` is the one to which it belongs.
    """

    job: str
    at: time
    promise: str
    every: str = DAY
    each: bool = False
    slow: bool = False
    leaves: bool = False
    side: str = BOTH

    @property
    def patience(self) -> timedelta:
        """How long after its time a run may still be missing, or how long it may take, before somebody should look."""
        return timedelta(hours=4) if self.slow else timedelta(minutes=30)

    def due_at(self, period: str) -> datetime:
        """The instant from which a period's run is due."""
        after = timedelta(minutes=self.at.minute)
        if self.every != HOUR:
            after += timedelta(hours=self.at.hour)
        return periods.begins(period) + after

    def last_due(self, now: datetime) -> str:
        """The newest period whose time has come at the instant `now`."""
        running = periods.at(self.every, now)
        return running if self.due_at(running) <= now else periods.before(running)

    def next_due(self, now: datetime) -> datetime:
        """The next instant at which a run becomes due."""
        ahead = {HOUR: 1, DAY: 24, WEEK: 7 * 24, MONTH: 31 * 24}[self.every]
        following = periods.at(self.every, periods.begins(self.last_due(now)) + timedelta(hours=ahead))
        return self.due_at(following)

    def missed(self, now: datetime, runs: Mapping[str, str]) -> tuple[str, ...]:
        """The periods to run now, oldest first: the newest due one unless it is done; with `each`, all since.

        `runs` says in which state each period is that was begun.
        """
        newest = self.last_due(now)
        found, period = [newest], newest
        while self.each and runs and period > min(runs) and len(found) < MOST_MISSED:
            period = periods.before(period)
            found.append(period)
        return tuple(one for one in reversed(found) if runs.get(one) != DONE)

    @property
    def when(self) -> str:
        """As the README's table says it."""
        said = f"{self.at:%H:%M}"
        return {
            HOUR: f"every hour at :{self.at:%M}",
            DAY: said,
            WEEK: f"Mondays {said}",
            MONTH: f"the 1st, {said}",
        }[self.every]


@dataclass(frozen=True)
class Often:
    """One of `models.operations.jobs.OFTEN`: looked at every so many minutes, done again without harm.

    `slow` ones are looked at beside the others and delay nobody.
    """

    job: str
    minutes: int
    promise: str
    slow: bool = False
    side: str = BOTH

    @property
    def when(self) -> str:
        """As the README's table says it."""
        return "every minute" if self.minutes == 1 else f"every {self.minutes} minutes"


TIMETABLE = (
    Entry("begin-forms", time(0, 1), "brings the city's own versions of forms into force on their first day"),
    Entry("publish-slots", time(0, 5), "publishes the slots of the days that become bookable"),
    Entry(
        "end-days",
        time(0, 10),
        "closes what earlier days left open: tickets in the line, counters that are on",
        side=INSIDE,
    ),
    Entry("mark-no-shows", time(0, 20), "notes which bookings of past days nobody came for"),
    Entry(
        "make-facts",
        time(1, 0),
        "adds up the tickets of past days for the manager's measures",
        slow=True,
        side=INSIDE,
    ),
    Entry(
        "forecast",
        time(1, 40),
        "forecasts how many will come on each of the next 92 days",
        slow=True,
        side=INSIDE,
    ),
    Entry(
        "keep-answers",
        time(1, 50),
        "answers what managers ask every day about the last weeks, so that their pages stand at once",
        slow=True,
        side=INSIDE,
    ),
    Entry(
        "check-counters",
        time(3, 20),
        "looks whether counters and rows agree, and names what does not",
        slow=True,
    ),
    Entry(
        "purge",
        time(0, 40),
        "empties and deletes what is past its retention, and destroys its keys",
        slow=True,
        leaves=True,
    ),
    Entry("forget-keys", time(3, 30), "forgets idempotency keys older than 24 hours"),
    Entry(
        "forget-estimates",
        time(3, 40),
        "forgets wait estimates that were shown more than 400 days ago",
        side=INSIDE,
    ),
    Entry(
        "audit-anchor",
        time(0, 7),
        "writes the end of the audit's chain down beside the keys and into the log",
        every=HOUR,
        leaves=True,
    ),
    Entry(
        "backup",
        time(2, 10),
        "writes a backup without keys, and mirrors the keys where `keys_copy` says",
        slow=True,
        leaves=True,
    ),
    Entry(
        "verify-backup",
        time(2, 40),
        "restores the newest backup beside the house and looks through it",
        every=WEEK,
        slow=True,
        leaves=True,
    ),
    Entry(
        "refresh-plans",
        time(5, 0),
        "asks for every office's plan of counters anew, from its last eight weeks",
        every=WEEK,
        side=INSIDE,
    ),
    Entry(
        "sealing-keys",
        time(4, 20),
        "makes the keys that seal applications for the next months, and destroys those of months that are over",
        leaves=True,
        side=INSIDE,
    ),
    Entry(
        "rotate-keys",
        time(4, 30),
        "makes a new master key, wraps every key under it, and destroys the old one",
        every=MONTH,
        leaves=True,
    ),
    Entry(
        "forget-audit",
        time(4, 10),
        "forgets audit entries older than `audit_days`",
        every=MONTH,
        leaves=True,
    ),
)

OFTEN = (
    Often("sweep-absent", 5, "ends numbers that were absent longer than the office keeps them", side=INSIDE),
    Often(
        "note-estimates",
        5,
        "notes the waits that boards and phones show, to be held against the truth",
        side=INSIDE,
    ),
    Often(
        "offer-places",
        1,
        "offers freed places to those who wait for one, and ends offers whose time is over",
        side=OUTSIDE,
    ),
    Often(
        "open-places",
        1,
        "opens places that were given up a few minutes ago, where the office wants it so",
        side=OUTSIDE,
    ),
    Often(
        "recent-backup",
        5,
        "writes one of two backups in turn, so that at most five minutes are lost",
        slow=True,
    ),
    Often(
        "remind",
        1,
        "writes the reminders of visits: the day before and on the day, at the office's times",
        side=OUTSIDE,
    ),
)

PLANNING_SECONDS = 10
PLANNING = (
    "tune-staffing",
    f"every {PLANNING_SECONDS} seconds",
    "computes the plans of counters and the rosters that were asked for, beside everything else",
)
"""Like the mailer no job: what is to be computed, and how far it is, stands in the plans themselves."""
SENDING_SECONDS = 5
SENDING = (
    "send-messages",
    f"every {SENDING_SECONDS} seconds",
    "sends the messages that are due, and tries again what did not go out, for 24 hours",
)
"""The mailer is no job: it looks whether something is due, and nothing is kept of its looks."""
CARRYING_SECONDS = 5
CARRYING = (
    "carry-handovers",
    f"every {CARRYING_SECONDS} seconds",
    "carries handovers into watch folders and to systems, and tries again what did not arrive, for 24 hours",
)
"""Like the mailer."""
PRINTING_SECONDS = 1
PRINTING = (
    "print-sheets",
    "every second",
    "takes to the counters' printers what clerks want printed, and sees to what is left in them",
)
"""Like the mailer."""

ENTRIES = {entry.job: entry for entry in TIMETABLE}


def promises() -> tuple[tuple[str, str, str], ...]:
    """(job, when, promise) of everything that happens by itself, as the README tells it."""
    return tuple((one.job, one.when, one.promise) for one in (*TIMETABLE, *OFTEN)) + (
        PLANNING,
        CARRYING,
        SENDING,
        PRINTING,
    )
