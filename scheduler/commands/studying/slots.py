"""`maeniwa study slots`: at which times of a day to offer how many bookings, so that everybody waits least."""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from pathlib import Path

from models.rules.planning.simulation import Manner
from models.rules.planning.slot_fill import GRID, HIGH_LOAD, fill
from models.rules.planning.what_if import QUARTER, Scene, booked_count, fill_case, play
from scheduler.commands.studying.cover import Reader
from scheduler.commands.studying.files import BadInput, json_object, minutes_after_midnight, write_rows
from scheduler.commands.terms import tell

EXAMPLES = """formats:
  CASE  a JSON object: bookings, walkin_per_15min (people by quarter hour from opening), mix (parts of the
        procedures), mean (their handling minutes), open (HH:MM), slots (quarter hours in which bookings may begin).
        It may have: counters (10), cv (0.5), prefilled (0.8 of the booked), saved (15/34 of the handling is left),
        no_show (0.07), early (6), early_spread (5), call_early (2), grace (10), most_per_start,
        preference (how much each quarter hour is liked, 0-1) and weight (0-1, beside the hall's own)
  OUT   start,count   HH:MM on a grid of five minutes

examples:
  maeniwa study slots --case peak-day.json --out slots.csv"""

KEYS = {
    "bookings", "walkin_per_15min", "mix", "mean", "open", "slots", "counters", "cv", "prefilled", "saved", "no_show",
    "early", "early_spread", "call_early", "grace", "most_per_start", "preference", "weight",
}  # fmt: skip
MOST_BOOKINGS = 2000
DAYS = 200


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--case", metavar="CASE", type=Path, required=True, help="the day and its bookings")
    parser.add_argument("--out", metavar="OUT", type=Path, required=True, help="where the starts go")


def run(args: argparse.Namespace) -> int:
    """Propose the slots, and play the day with them."""
    found = Reader(args.case, json_object(args.case))
    found.ignore(KEYS, "")
    scene, opens = read_scene(found), _opening(found)
    slots = round(found.number("slots", found.may("slots") or len(scene.profile), 1, 96))
    case = replace(fill_case(scene), starts=list(range(0, slots * QUARTER, GRID)))
    if (most := found.may("most_per_start")) is not None:
        case = replace(case, most=round(found.number("most_per_start", most, 1)))
    if found.may("preference") is not None:
        liked = found.numbers("preference", most=1)
        if len(liked) != slots:
            raise found.bad(f"preference has {len(liked)} numbers for {slots} slots")
        weight = found.number("weight", found.may("weight") or 0, 0, 1)
        case = replace(case, preference=[liked[start // QUARTER] for start in case.starts], weight=weight)
    try:
        starts = fill(case, booked_count(scene))
    except ValueError as problem:
        raise BadInput(args.case, None, str(problem)) from None
    write_rows(
        args.out, ("start", "count"), ((_time(opens + start), count) for start, count in starts.items())
    )
    waits = play(replace(scene, starts=starts), DAYS)
    said = [
        f"{booked_count(scene)} bookings placed, load {waits.load:.2f}: {args.out}",
        (
            f"played: mean wait {waits.mean:.1f} min, walk-ins {waits.walk_in.mean:.1f} (9 in 10 within "
            f"{waits.walk_in.p90:.0f}), {waits.on_time:.0%} of the booked called within 2 min of their time"
        ),
    ]
    if waits.load > HIGH_LOAD:
        said.append("booking alone cannot help: more work comes than the counters can do")
    tell(said)
    return 0


def read_scene(found: Reader) -> Scene:
    """The day of a case."""
    walk_ins, mix, means = (
        found.numbers(key, most) for key, most in (("walkin_per_15min", 500), ("mix", 1000), ("mean", 480))
    )
    if len(mix) != len(means) or not sum(mix) or not min(means):
        raise found.bad("mix and mean must be as long as each other, and above 0")
    bookings = found.number("bookings", found.one("bookings"), 0, MOST_BOOKINGS)
    if bookings != int(bookings):
        raise found.bad("bookings must be a whole number")
    if len(walk_ins) > 96 or not sum(walk_ins) + bookings:
        raise found.bad("walkin_per_15min must have at most 96 quarter hours, and somebody must come")

    def may(key: str, otherwise: float, most: float = 1.0) -> float:
        given = found.may(key)
        return otherwise if given is None else found.number(key, given, 0, most)

    no_show = may("no_show", 0.07, 0.9)
    coming = bookings * (1 - no_show)
    visitors = sum(walk_ins) + coming
    return Scene(
        visitors=visitors,
        profile=walk_ins if sum(walk_ins) else [1.0] * len(walk_ins),
        mix=mix,
        means=means,
        counters=max(1, math.floor(may("counters", 10, 200))),
        closes=float(len(walk_ins) * QUARTER),
        booked=coming / visitors,
        prefilled_booked=may("prefilled", 0.8),
        saved=may("saved", 15 / 34),
        variation=may("cv", 0.5, 3),
        no_show=no_show,
        early=may("early", 6, 60),
        early_spread=may("early_spread", 5, 60),
        manner=Manner(early=may("call_early", 2, 60), grace=may("grace", 10, 120)),
    )


def _opening(found: Reader) -> int:
    given = found.may("open") or "08:30"
    try:
        return round(minutes_after_midnight(str(given)))
    except ValueError:
        raise found.bad(f"open must be a time like 08:30, not {ascii(given)[:40]}") from None


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
