"""`maeniwa jobs`: what the house does by itself — look at it, run one by hand, or run the scheduler alone."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date

from models.core import log
from models.core.clock import now
from models.operations import jobs
from models.queries.jobs import RunView, history
from models.rules import periods
from models.rules.timetable import ENTRIES, Entry, promises
from scheduler.commands.places import at_municipality
from scheduler.commands.terms import installation_option, municipality_option, settings_of, tell
from scheduler.lifeline import at_signal
from scheduler.refusals import NotDone
from scheduler.runner import Runner

EXAMPLES = """examples:
  maeniwa jobs list
  maeniwa jobs run mark-no-shows --day 2026-12-01
  maeniwa jobs run publish-slots --dry-run
  maeniwa jobs history --job publish-slots
  maeniwa jobs history --failed
  maeniwa jobs start          the scheduler alone, beside web processes of your own"""


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its parts."""
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    listing = parts.add_parser("list", help="every job with its time and what it promises")
    installation_option(listing)
    listing.set_defaults(run=show)
    once = parts.add_parser("run", help="run one job now, once a period however often it is asked")
    once.add_argument("job", metavar="JOB", choices=sorted(ENTRIES))
    once.add_argument(
        "--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="a day of the period it is for"
    )
    once.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
    municipality_option(once)
    once.set_defaults(run=run_one)
    past = parts.add_parser("history", help="the newest runs")
    past.add_argument("--job", metavar="JOB", help="the runs of one job")
    past.add_argument("--failed", action="store_true", help="the runs that failed and were not made good yet")
    municipality_option(past)
    past.set_defaults(run=show_history)
    start = parts.add_parser("start", help="run the scheduler in the foreground")
    installation_option(start)
    start.set_defaults(run=start_scheduler)


def show(_: argparse.Namespace) -> int:
    """Print the timetable."""
    tell([f"{job:16} {when:18}  {promise}" for job, when, promise in promises()])
    return 0


def run_one(args: argparse.Namespace) -> int:
    """Run one job for one period in one municipality, or say what it would do."""
    entry = ENTRIES[args.job]
    period = periods.of_day(entry.every, args.day) if args.day else entry.last_due(now())
    with at_municipality(args) as one:
        if args.dry_run:
            tell([_rehearsed(entry, period, one.code)])
            return 0
        detail = jobs.run(entry.job, period)
        if detail is None:
            raise NotDone(f"{entry.job} of {period} was done already, is being done, or failed just now")
        tell([f"{entry.job} of {period}: done ({_counts(detail)})"])
    return 0


def _rehearsed(entry: Entry, period: str, code: str) -> str:
    if entry.leaves:
        return f"{entry.job} of {period} for {code} cannot be tried: it {entry.promise}; nothing was changed"
    counts = _counts(jobs.rehearse(entry.job, period))
    return f"{entry.job} of {period} for {code} would do: {counts}; nothing was changed"


def _counts(detail: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {count}" for name, count in detail.items())


def show_history(args: argparse.Namespace) -> int:
    """Print the newest runs of one municipality."""
    with at_municipality(args):
        lines = [_line(one) for one in history(job=args.job, failed=args.failed)]
    tell(lines or ["no job has failed" if args.failed else "no job has run yet"])
    return 0


def _line(one: RunView) -> str:
    said = one.problem or _counts(one.counts)
    return f"{one.started_at:%Y-%m-%d %H:%M:%SZ}  {one.job:16} {one.period:13} {one.state:8} {said}".rstrip()


def start_scheduler(args: argparse.Namespace) -> int:
    """Run the scheduler until asked to end."""
    chosen = settings_of(args)
    log.configure(chosen.log_level)
    runner = Runner(chosen)
    at_signal(runner.stop)
    runner.run()
    return 0
