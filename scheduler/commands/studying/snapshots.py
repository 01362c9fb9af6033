"""`maeniwa study snapshots`: waits in a hall of which only its boards are known."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from models.rules.planning.board_waits import Asked, Board, learn_boards
from scheduler.commands.studying.files import BadInput, Row, rows, shown, write_rows
from scheduler.commands.terms import tell

EXAMPLES = """formats:
  TRAIN    queue,date,minute,counters_open,waiting,last_called   (minute: after midnight; last_called only grows)
  QUERIES  query_id,queue,date,...,last_hour_minute:counters:waiting:called
           the last hour as minute:counters:waiting:called|..., oldest first
  OUT      query_id,p10,p50,p90,mean in minutes until the newest number is called

examples:
  maeniwa study snapshots --train boards.csv.gz --queries asked.csv.gz --out waits.csv"""

TRAIN = ("queue", "date", "minute", "counters_open", "waiting", "last_called")
HISTORY = "last_hour_minute:counters:waiting:called"
LAST_MINUTE = 24 * 60


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    for name, what in (
        ("train", "boards of past days"), ("queries", "the questions"), ("out", "where the answers go"),
    ):  # fmt: skip
        parser.add_argument(f"--{name}", metavar=name.upper(), type=Path, required=True, help=what)


def run(args: argparse.Namespace) -> int:
    """Learn from the boards, then answer every question."""
    asked = list(questions(args.queries))
    found = learn_boards(boards(args.train)).percentiles([question for _, question in asked])
    write_rows(
        args.out,
        ("query_id", "p10", "p50", "p90", "mean"),
        (
            (name, *(f"{value:.2f}" for value in (one.p10, one.p50, one.p90, one.mean)))
            for (name, _), one in zip(asked, found, strict=True)
        ),
    )
    tell([f"{len(found)} questions answered: {args.out}"])
    return 0


def boards(path: Path) -> dict[tuple[str, date], list[Board]]:
    """The boards by queue and day, in the order of their minutes."""
    found: dict[tuple[str, date], list[Board]] = defaultdict(list)
    for row in rows(path, TRAIN):
        board = Board(
            row.number("minute", 0, LAST_MINUTE),
            row.number("counters_open"),
            row.number("waiting"),
            row.number("last_called"),
        )
        mine = found[row.text("queue"), row.day("date")]
        if mine and board.minute < mine[-1].minute:
            raise row.bad("minute is before the one of the row above of this queue and day")
        if mine and board.called < mine[-1].called:
            raise row.bad("last_called is smaller than in the row above of this queue and day")
        mine.append(board)
    if not found:
        raise BadInput(path, None, "has no boards")
    return found


def questions(path: Path) -> Iterator[tuple[str, Asked]]:
    """The questions with their names."""
    asked = 0
    for row in rows(path, ("query_id", "queue", "date", HISTORY)):
        asked += 1
        history = [_board(row, one) for one in row.text(HISTORY).split("|")]
        if any(after.minute < before.minute for before, after in zip(history, history[1:], strict=False)):
            raise row.bad("the last hour is not oldest first")
        yield row.text("query_id"), Asked(row.text("queue"), row.day("date"), history)
    if not asked:
        raise BadInput(path, None, "has no questions")


def _board(row: Row, text: str) -> Board:
    try:
        minute, counters, waiting, called = (float(part) for part in text.split(":"))
    except ValueError:
        raise row.bad(f"a board must be minute:counters:waiting:called, not {shown(text)}") from None
    if not (0 <= minute <= LAST_MINUTE and counters >= 0 and waiting >= 0 and called >= 0):
        raise row.bad(f"a board has numbers that cannot be: {shown(text)}")
    return Board(minute, counters, waiting, called)
