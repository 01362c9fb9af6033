"""Run as a process of its own: opens one side's doors, outside lives through a day, and says what it holds.

`python -m tests.scheduler.side_process INSTANCE [KEYS PRINT]`; the answer is one line of JSON on standard output.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

import wsgi
from models.core import settings
from models.core.clock import now
from models.core.db import Base, ground, session, standing
from models.core.space import Space, entered
from models.operations import booking, day_lists, envelopes, jobs, pairing
from models.queries import availability, bookings, catalogue
from models.queries.bookings import Contact
from models.queries.offices import office
from models.rules.forms.json_schema import example
from models.rules.sides import OUTSIDE, stands
from models.rules.timetable import OFTEN, TIMETABLE
from scheduler.runner import Runner

HOUSE = ("web", "kiosk", "scheduler", "models")


def booked(keys: Path, shown: str) -> None:
    """Outside: the inside's keys come, somebody books and writes a form, and the day's list is written."""
    pairing.take_over(keys.read_bytes(), "test", shown)
    place, known = office("honcho"), catalogue.current()
    need = availability.need_of(known, place, ("JUM-01",))
    today = place.day_of(now())
    free = availability.free_times(place, need, today, today + timedelta(days=14), now())[0]
    contact = Contact("マエニワ　アイコ", "aiko@example.jp")
    made = booking.book(booking.Request(place, ("JUM-01",), free.starts_at, contact))
    found = bookings.by_token(made.token)
    envelopes.keep(made.token, envelopes.for_booking(found, {"F01": example(known.forms["F01"])}))
    pairing.exported(today, "test")
    day_lists.export(place, found.day, "test")


def lived(keys: str, shown: str) -> None:
    """What a day brings outside: every job of the side, and a booking with a sealed form."""
    for entry in TIMETABLE:
        if stands(entry.side, OUTSIDE):
            jobs.run(entry.job, entry.last_due(now()))
    for often in OFTEN:
        if stands(often.side, OUTSIDE):
            jobs.look(often.job)
    booked(Path(keys), shown)


def main(instance: str, *carried: str) -> None:
    """Say routes, modules of the house, filled tables and purposes of keys."""
    chosen = settings.load(Path(instance), {})
    app = wsgi.create_app(chosen)
    runner = Runner(chosen)
    began = set(sys.modules)
    with standing(chosen), entered(Space("maeniwa")):
        if carried:
            lived(*carried)
        filled = {
            table.name: session().scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }
        purposes = {path.name.split("-")[0] for path in (ground().keys.folder / "maeniwa").iterdir()}
    held = sorted(name for name in began | set(sys.modules) if name.split(".")[0] in HOUSE)
    found = {
        "rules": sorted(rule.rule for rule in app.url_map.iter_rules()),
        "modules": held,
        "filled": sorted(name for name, count in filled.items() if count),
        "keys": sorted(purposes),
        "sends": {"messages": runner._mailer is not None, "sheets": runner._sheets is not None},
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
