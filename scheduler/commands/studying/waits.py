"""`maeniwa study waits`: how long who is in the hall will still wait, from a log, a roster and questions."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from models.rules.planning.log_waits import (
    Duty,
    Known,
    Question,
    Serving,
    Visit,
    Waiting,
    answer,
    gaps_of,
    learn_log,
)
from scheduler.commands.studying.files import (
    BadInput,
    Row,
    json_lines,
    minutes_after_midnight,
    rows,
    write_rows,
)
from scheduler.commands.terms import tell

EXAMPLES = """formats:
  LOG       ticket_id,service,arrived_at,booked_for,called_at,finished_at,counter
            times like 2026-11-24 09:00:00; no arrived_at: booked and never came
  STAFFING  date,counter,on,off,skills
            no off: until the hall is empty; skills a|b, none: everything
  QUERIES   one JSON object a line: query_id, now, ticket, waiting, in_service, booked_not_here
  OUT       query_id,p10,p50,p90,mean in minutes still to wait

examples:
  maeniwa study waits --log visits.csv.gz --staffing staffing.csv --queries asked.jsonl.gz --out waits.csv"""

LOG = ("ticket_id", "service", "arrived_at", "booked_for", "called_at", "finished_at", "counter")
STAFFING = ("date", "counter", "on", "off", "skills")
LONGEST_HANDLING = 480.0
Roster = Mapping[date, Mapping[str, list[tuple[float, float, frozenset[str]]]]]


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    for name, what in (
        ("log", "past visits"), ("staffing", "when which counter is on"), ("queries", "the questions"),
        ("out", "where the answers go"),
    ):  # fmt: skip
        parser.add_argument(f"--{name}", metavar=name.upper(), type=Path, required=True, help=what)


def run(args: argparse.Namespace) -> int:
    """Answer every question."""
    roster = read_roster(args.staffing)
    known = learn(args.log, roster)
    found = [(name, answer(known, question)) for name, question in questions(args.queries, roster)]
    if not found:
        raise BadInput(args.queries, None, "has no questions")
    write_rows(
        args.out,
        ("query_id", "p10", "p50", "p90", "mean"),
        ((name, *(f"{value:.2f}" for value in (one.p10, one.p50, one.p90, one.mean))) for name, one in found),
    )
    tell([f"{len(found)} questions answered: {args.out}"])
    return 0


def read_roster(path: Path) -> Roster:
    """When each counter is on, by date: spans in minutes after midnight, with what it knows."""
    found: dict[date, dict[str, list[tuple[float, float, frozenset[str]]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in rows(path, STAFFING):
        begins, ends = row.minute("on"), row.minute("off")
        if begins is None:
            raise row.bad("on is empty")
        if ends is not None and ends <= begins:
            raise row.bad("off is not after on")
        skills = frozenset(one.strip() for one in row.cells["skills"].split("|") if one.strip())
        span = (begins, float("inf") if ends is None else ends, skills)
        found[row.day("date")][row.text("counter")].append(span)
    if not found:
        raise BadInput(path, None, "has no counters")
    return found


def learn(path: Path, roster: Roster) -> Known:
    """What the log says."""
    visits: list[Visit] = []
    served: dict[tuple[date, str], list[Visit]] = defaultdict(list)
    for row in rows(path, LOG):
        day, visit = _visit(row)
        visits.append(visit)
        if visit.counter:
            served[day, visit.counter].append(visit)
    if not visits:
        raise BadInput(path, None, "has no visits")
    days = (
        (mine, [(on, off) for on, off, _ in roster.get(day, {}).get(counter, ())])
        for (day, counter), mine in served.items()
    )
    return learn_log(visits, gaps_of(days))


def _visit(row: Row) -> tuple[date, Visit]:
    """One line of the log and its day."""
    arrived, booked = row.instant("arrived_at"), row.instant("booked_for")
    called, finished = row.instant("called_at"), row.instant("finished_at")
    known_by = arrived or booked
    if known_by is None:
        raise row.bad("neither arrived_at nor booked_for")
    if called and finished and not 0 <= (finished - called).total_seconds() <= LONGEST_HANDLING * 60:
        raise row.bad("finished_at must be within eight hours after called_at")
    if called and arrived and called < arrived:
        raise row.bad("called_at is before arrived_at")
    begin = known_by.replace(hour=0, minute=0, second=0)

    def minute(one: datetime | None) -> float | None:
        return None if one is None else (one - begin).total_seconds() / 60

    visit = Visit(
        row.text("service"),
        minute(arrived),
        minute(booked),
        minute(called),
        minute(finished),
        row.cells["counter"],
    )
    return begin.date(), visit


def questions(path: Path, roster: Roster) -> Iterator[tuple[str, Question]]:
    """The questions with their names."""
    for line, found in json_lines(path):
        try:
            yield str(found["query_id"]), _Asked(found).question(roster)
        except KeyError as problem:
            raise BadInput(path, line, f"{problem.args[0]} is missing") from None
        except (TypeError, ValueError, AttributeError) as problem:
            raise BadInput(path, line, str(problem)) from None


@dataclass
class _Asked:
    """One question as it is written."""

    found: Mapping[str, Any]

    def question(self, roster: Roster) -> Question:
        """The hall with `now` as minute 0."""
        at = datetime.fromisoformat(self.found["now"])
        now = at.hour * 60 + at.minute + at.second / 60
        if at.date() not in roster:
            raise ValueError(f"no counters in the staffing on {at.date()}")
        asks = self._waiting(self.found["ticket"], now)
        mine = self.found["ticket"].get("id")
        return Question(
            asks,
            [
                self._waiting(one, now)
                for one in self.found["waiting"]
                if mine is None or one.get("id") != mine
            ],
            [
                Serving(str(one["service"]), str(one["counter"]), self._minute(one["called_at"]) - now)
                for one in self.found["in_service"]
            ],
            [
                Waiting(str(one["service"]), 0.0, self._minute(one["booked_for"]) - now)
                for one in self.found.get("booked_not_here") or ()
            ],
            [
                Duty(counter, tuple((on - now, off - now) for on, off, _ in spans), self._knows(spans, now))
                for counter, spans in roster[at.date()].items()
            ],
        )

    def _waiting(self, one: Mapping[str, Any], now: float) -> Waiting:
        booked = one.get("booked_for")
        return Waiting(
            str(one["service"]),
            self._minute(one["arrived_at"]) - now,
            self._minute(booked) - now if booked else None,
        )

    @staticmethod
    def _minute(text: str) -> float:
        return minutes_after_midnight(text[-8:] if " " in text or "T" in text else text)

    @staticmethod
    def _knows(spans: list[tuple[float, float, frozenset[str]]], now: float) -> frozenset[str]:
        """What a counter knows in the span that is on now or next."""
        return next(
            (knows for _, off, knows in sorted(spans, key=lambda one: one[0]) if off > now), frozenset()
        )
