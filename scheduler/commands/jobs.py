"""`maeniwa jobs`: what the house does by itself — look at it, run one by hand, or run the scheduler alone."""

from __future__ import annotations

import argparse
from datetime import date

from models.core import log
from models.core.clock import now
from models.operations import jobs
from models.queries.jobs import history
from scheduler.commands.places import at_municipality
from scheduler.commands.terms import installation_option, municipality_option, settings_of, tell
from scheduler.lifeline import at_signal
from scheduler.refusals import NotDone
from scheduler.runner import Runner
from scheduler.timetable import TIMETABLE

EXAMPLES = """examples:
  maeniwa jobs list
  maeniwa jobs run mark-no-shows --day 2026-12-01
  maeniwa jobs run publish-slots --dry-run
  maeniwa jobs history
  maeniwa jobs start          the scheduler alone, beside web processes of your own"""


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its parts."""
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    listing = parts.add_parser("list", help="every job with its time and what it promises")
    installation_option(listing)
    listing.set_defaults(run=show)
    once = parts.add_parser("run", help="run one job now, once a day however often it is asked")
    once.add_argument("job", metavar="JOB", choices=[entry.job for entry in TIMETABLE])
    once.add_argument("--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day it is for")
    once.add_argument("--dry-run", action="store_true", help="say what would be run, and change nothing")
    municipality_option(once)
    once.set_defaults(run=run_one)
    past = parts.add_parser("history", help="the newest runs")
    municipality_option(past)
    past.set_defaults(run=show_history)
    start = parts.add_parser("start", help="run the scheduler in the foreground")
    installation_option(start)
    start.set_defaults(run=start_scheduler)


def show(_: argparse.Namespace) -> int:
    """Print the timetable."""
    tell([f"{entry.job:16} {entry.at:%H:%M}  {entry.promise}" for entry in TIMETABLE])
    return 0


def run_one(args: argparse.Namespace) -> int:
    """Run one job for one day in one municipality."""
    entry = next(entry for entry in TIMETABLE if entry.job == args.job)
    day = args.day or entry.last_due(now())
    with at_municipality(args) as one:
        if args.dry_run:
            tell([f"{entry.job} of {day} for {one.code} would run: it {entry.promise}; nothing was changed"])
            return 0
        detail = jobs.run(entry.job, day)
        if detail is None:
            raise NotDone(f"{entry.job} of {day} was done already, or is being done")
        counts = ", ".join(f"{name} {count}" for name, count in detail.items())
        tell([f"{entry.job} of {day}: done ({counts})"])
    return 0


def show_history(args: argparse.Namespace) -> int:
    """Print the newest runs of one municipality."""
    with at_municipality(args):
        lines = [
            f"{one.started_at:%Y-%m-%d %H:%M:%SZ}  {one.job:16} {one.period:12} {one.state:8} "
            + ", ".join(f"{name} {count}" for name, count in one.detail.items())
            for one in history()
        ]
    tell(lines or ["no job has run yet"])
    return 0


def start_scheduler(args: argparse.Namespace) -> int:
    """Run the scheduler until asked to end."""
    chosen = settings_of(args)
    log.configure(chosen.log_level)
    runner = Runner(chosen)
    at_signal(runner.stop)
    runner.run()
    return 0
