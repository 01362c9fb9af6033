"""A short day of the line, then what people and systems see of it: run in a process of its own under some time zone.

Pages, calls, prints, exports, the calendar file, and what the jobs of the night did and which come next.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient
from freezegun import configure, freeze_time

from models.core import settings as core_settings
from models.core.clock import now
from models.core.settings import Settings
from models.operations import accounts, applications, jobs, printing
from models.operations.booking import Request, book
from models.papers.verification import page_texts
from models.queries import availability, catalogue, star
from models.queries.bookings import Contact
from models.queries.offices import office
from models.rules.forms.json_schema import example
from models.rules.timetable import TIMETABLE
from tests.conftest import inside
from tests.kept import WITHOUT_A_CLOCK
from tests.time.played_line import played
from wsgi import create_app

NIGHT = datetime(2026, 11, 25, 15, 5, tzinfo=UTC)
"""Five past midnight in Japan, on another day in the two other zones."""
CHANCE = re.compile(
    r"[A-Z2-7]{32}|[2-9A-HJ-NP-TV-Z]{4}-?[2-9A-HJ-NP-TV-Z]{4}|(?:value|d)=\"[^\"]{40,}\"|[0-9a-f]{12,}"
)
"""What is drawn by chance: tokens, their codes, references, and what forms carry."""
PAGES = (
    "/", "/offices", "/now/honcho", "/now/honcho/calendar", "/now/congestion.csv", "/book/?procedure=JUM-01",
    "/book/?procedure=JUM-01&office=honcho&day=2026-11-27", "/take/?office=honcho",
)  # fmt: skip
CALLS = (
    "/offices/honcho/slots?procedure=JUM-01&from=2026-11-26&to=2026-11-27", "/offices/honcho/queue",
    "/offices",
)  # fmt: skip
STAFF = (
    ("manager", "/manager/?office=honcho"),
    ("manager", "/manager/visits.csv?office=honcho&from=2026-11-24&to=2026-11-25"),
    ("manager", "/manager/cuts/hour.csv?office=honcho"), ("manager", "/manager/today?office=honcho"),
    ("administrator", "/admin/"), ("administrator", "/admin/slots/?office=honcho"),
    ("administrator", "/admin/retention/"), ("administrator", "/admin/jobs/"),
)  # fmt: skip


def seen(folder: Path) -> Iterator[str]:
    """Everything after the day was played, part by part; nothing in it may depend on the machine's time zone."""
    settings = core_settings.load(folder, {"MAENIWA_LOG_LEVEL": "error"})
    with freeze_time(NIGHT):
        with inside(settings):
            yield from night()
            token = yield from visit()
        yield from doors(settings, token)


def night() -> Iterator[str]:
    """What the jobs did, and what they do next."""
    for job, period in (("end-days", "2026-11-26"), ("mark-no-shows", "2026-11-26"), ("make-facts", "2026-11-26"),
                        ("publish-slots", "2026-11-26"), ("purge", "2026-11-26")):  # fmt: skip
        yield f"{job} {jobs.run(job, period)}"
    yield str([(one.job, one.last_due(now()), one.next_due(now()).isoformat()) for one in TIMETABLE])
    for view in star.views():
        yield f"{view.name} {list(view.rows)[:40]}"


def visit() -> Generator[str, None, str]:
    """A booking with a form, and its print."""
    place = office("honcho")
    need = availability.need_of(catalogue.current(), place, ("JUM-01",))
    first, last = availability.horizon(place, now())
    starts_at = availability.free_times(place, need, first, last, now())[0].starts_at
    made = book(Request(place, ("JUM-01",), starts_at, Contact("前庭　愛子", email="b@example.jp")))
    form = applications.save(made.token, "F01", example(catalogue.current().forms["F01"]), ready=True)
    sheet = printing.print_sheet(place, form.reference, "aoki", "1", "")
    yield " ".join(page_texts(sheet.pdf))
    return made.token


def doors(settings: Settings, token: str) -> Iterator[str]:
    """Pages and calls."""
    app, given = create_app(settings), tokens(settings)
    client = app.test_client()
    mine = (f"/bookings/{token}", f"/api/v1/bookings/{token}", f"/api/v1/bookings/{token}/calendar.ics")
    for address in (*PAGES, *(f"/api/v1{one}" for one in CALLS), *mine):
        yield answer(client, address)
    for role, address in STAFF:
        yield answer(client, address, {"Authorization": f"Bearer {given[role]}"})
    app.extensions["maeniwa"].close()


def tokens(settings: Settings) -> dict[str, str]:
    """Bearer tokens of who may look."""
    with inside(settings):
        return {role: accounts.issue_token(role, "honcho", "test") for role in ("manager", "administrator")}


def answer(client: FlaskClient, address: str, headers: dict[str, str] | None = None) -> str:
    """Status and body of one answer."""
    found = client.get(address, headers=headers or {})
    return f"{address} {found.status_code} {found.get_data(as_text=True)}"


if __name__ == "__main__":
    time.tzset()
    configure(extend_ignore_list=WITHOUT_A_CLOCK)
    instance = Path(sys.argv[1])
    line = list(played(instance))
    parts = [CHANCE.sub("*", " ".join(one.split())) for one in seen(instance)]
    sys.stdout.write("\n".join([*line, "", *parts, os.environ["TZ"], ""]))
