"""`maeniwa`: the command line. Exit status 0 done, 1 not done (said in one line), 2 wrong use."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.catalogue.source import CatalogueError
from models.core.db import DatabaseProblem
from models.core.errors import DomainError
from models.core.settings import BadSetting
from scheduler.commands import credentials, initialise, jobs, serve, upkeep
from scheduler.commands.terms import NotDone
from scheduler.household import NotServing

Describe = Callable[[argparse.ArgumentParser], None]


@dataclass(frozen=True)
class Command:
    """One command: its name, one line of help, its options, and examples."""

    name: str
    line: str
    describe: Describe
    examples: str


COMMANDS = (
    Command("serve", "run everything in one process tree", serve.add, serve.EXAMPLES),
    Command("init", "open a municipality", initialise.add, initialise.EXAMPLES),
    Command("token", "give a system access to the API", credentials.add_token, credentials.SYSTEM_EXAMPLES),
    Command("device", "enrol a kiosk or a board", credentials.add_device, credentials.DEVICE_EXAMPLES),
    Command(
        "code", "give a staff account a new one-time code", credentials.add_code, credentials.STAFF_EXAMPLES
    ),
    Command("jobs", "what the house does by itself", jobs.add, jobs.EXAMPLES),
    Command("doctor", "say what is wrong and how to mend it", upkeep.add_doctor, upkeep.DOCTOR_EXAMPLES),
    Command("upgrade", "bring tables and catalogue up to date", upkeep.add_upgrade, upkeep.UPGRADE_EXAMPLES),
)


def parser() -> argparse.ArgumentParser:
    """The whole command line as argparse knows it."""
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
            epilog=command.examples,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.describe(one)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status; what is refused is said in one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    args = parser().parse_args(arguments)
    try:
        status: int = args.run(args)
    except (NotDone, NotServing, BadSetting, CatalogueError, DomainError) as problem:
        return _refused(str(problem))
    except DatabaseProblem as problem:
        return _refused(f"the database refused: {problem.orig}; `maeniwa doctor` says more")
    except OSError as problem:
        return _refused(f"{problem.strerror or problem}: {problem.filename or ''}".rstrip(": "))
    return status


def _refused(line: str) -> int:
    sys.stderr.write("maeniwa: " + " ".join(line.split()) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
