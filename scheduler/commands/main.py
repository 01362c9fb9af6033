"""`maeniwa`: the command line. Exit status 0 done, 1 not done (said in one line), 2 wrong use."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from scheduler.refusals import REFUSALS, refused, say_anything


@dataclass(frozen=True)
class Command:
    """One command: its name, one line of help, and the module that has its options and does it."""

    name: str
    line: str
    module: str


COMMANDS = (
    Command("serve", "run everything in one process tree", "serve"),
    Command("live", "stream calls to boards, beside a web server of your own", "live"),
    Command("init", "open a municipality", "initialise"),
    Command("token", "give a system access to the API", "token"),
    Command("device", "enrol a kiosk or a board", "device"),
    Command("kiosk-agent", "print slips at a terminal", "kiosk_agent"),
    Command("code", "give a staff account a new one-time code", "code"),
    Command("jobs", "what the house does by itself", "jobs"),
    Command("doctor", "say what is wrong and how to mend it", "doctor"),
    Command("backup", "write one file with every municipality, while the house goes on", "backup"),
    Command("restore", "make an installation from a backup", "restore"),
    Command("keys", "which keys there are, and a new master key", "keys"),
    Command("forms", "the city's own versions of forms, as files", "forms"),
    Command("day-list", "carry a day's bookings from the outside to the inside", "day_list"),
    Command("status", "carry the counts of who waits from the inside to the outside", "status"),
    Command("audit", "whether the audit is as it was written", "audit"),
    Command("export", "the facts as DuckDB or Parquet", "export"),
    Command("upgrade", "bring tables and catalogue up to date", "upgrade"),
    Command("study", "measure and plan with files alone, without a municipality", "study"),
)


def parser(asked: str) -> argparse.ArgumentParser:
    """The command line as argparse knows it; only the module of the command that was asked for is loaded."""
    made = argparse.ArgumentParser(
        prog="maeniwa",
        description="前庭: the system a Japanese city hall runs at its front yard.",
        epilog="`maeniwa COMMAND --help` shows options and examples. Settings: docs/settings.md.",
    )
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        one = commands.add_parser(
            command.name,
            help=command.line,
            description=command.line[0].upper() + command.line[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if command.name == asked:
            module = import_module(f"scheduler.commands.{command.module}")
            one.epilog = module.EXAMPLES
            module.describe(one)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status; what is refused is said in one line on standard error."""
    say_anything()
    words = sys.argv[1:] if arguments is None else list(arguments)
    args = parser(words[0] if words else "").parse_args(words)
    try:
        status: int = args.run(args)
    except REFUSALS as problem:
        return refused(problem)
    return status


if __name__ == "__main__":
    sys.exit(main())
