"""How the command line and its processes say no: one line on standard error, exit status 1."""

from __future__ import annotations

import io
import sys

from models.catalogue.source import CatalogueError
from models.core.errors import DomainError, Invalid
from models.core.settings import BadSetting

NONE_YET = (
    "no municipality yet: run `maeniwa init`, or `maeniwa restore FILE` where there is a backup, "
    "or `maeniwa serve --demo` to try it"
)


class NotDone(Exception):
    """Nothing was done; the text is one line that says why and what to do."""


CHILD_REFUSED = 3
"""The exit status of a child process that has said in one line why it does not go on."""


class SaidAlready(Exception):
    """Nothing was done, and a child process has said why."""


REFUSALS = (NotDone, SaidAlready, BadSetting, CatalogueError, DomainError, OSError)
"""What ends a command without being a fault of the program."""


def refused(problem: Exception) -> int:
    """Say it in one line; the exit status."""
    if isinstance(problem, SaidAlready):
        return 1
    text = str(problem)
    if isinstance(problem, Invalid):
        text = " ".join(str(one.message) for one in problem.problems) or text
    if isinstance(problem, OSError):
        text = ": ".join(str(part) for part in (problem.strerror or text, problem.filename) if part)
    sys.stderr.write("maeniwa: " + " ".join(text.split()) + "\n")
    return 1


def say_anything() -> None:
    """Let no name stop a line: what a terminal cannot show is escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
