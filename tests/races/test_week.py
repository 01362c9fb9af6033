"""F8, F9, F10, F11: a week of two whole schedulers that are killed at random: every job and every message once.

The processes share one clock that is played over a weekend and the turn of a month, with a night in which nobody is
there. What they send goes to a real mail server, which now and then says "later", and to a real push service.
`RACES_SEED` repeats a week's dice.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import http_ece
import pytest

from models.core.settings import Settings
from models.rules.timetable import TIMETABLE
from tests.conftest import inside
from tests.races import week_facts
from tests.races.crowd import FULL, sized
from tests.races.fate import Fate
from tests.races.people import KEY, SECRET, People
from tests.races.played_house import Clock, House, play_by
from tests.scheduler.mailbox import OK, Mailbox, mailbox

BEGINS = datetime(2026, 11, 26, 15, 11, tzinfo=UTC)
"""Friday 27 November, 0:11 in Japan: seven days go over a weekend, a Monday and the 1st."""
DAYS = 7
HOURS = range(24) if FULL else (9, 11, 18)
"""When somebody looks at a day: every hour, or when something is due."""
DOWN = range(24 + 18, 2 * 24 + 9)
"""From Saturday's evening to Sunday's morning nobody is there at all."""
WEEKEND = (1, 2)
LAST_LOOK = timedelta(minutes=20)
"""After the last hour: what was given up in it is open again."""
KILLED, LATER, AT_A_LETTER = 0.15, 0.04, 0.05
"""In how many of the hours a scheduler is killed; how many letters meet a busy server; at how many one is killed."""
SEED = int(os.environ.get("RACES_SEED", sized(random.SystemRandom().randrange(10**6), 11)))


@dataclass
class Post:
    """What the mail server and the push service do, and whom they have killed at the worst of moments."""

    chance: random.Random
    strike: Callable[[], bool] = lambda: False
    strikes: int = 0
    later: int = 0
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def answer(self, to: str) -> str:
        if self.chance.random() < LATER:
            self.later += 1
            return "451 4.3.0 later"
        self.taken()
        return OK

    def taken(self) -> None:
        """What was just accepted is not yet noted by anybody: now and then its scheduler dies here."""
        if self.chance.random() < AT_A_LETTER and self.strikes:
            self.strikes -= self.strike()


@pytest.fixture
def post() -> Post:
    return Post(random.Random(SEED + 1))


@pytest.fixture
def box(post: Post) -> Iterator[Mailbox]:
    with mailbox() as found:
        found.answer = post.answer
        yield found


@pytest.fixture
def endpoint(post: Post) -> Iterator[str]:
    """Where phones are reached; it opens what only they can read."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said = http_ece.decrypt(body, private_key=KEY, auth_secret=SECRET, version="aes128gcm")
            post.asked.append((self.path, json.loads(said)))
            post.taken()
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def live(people: People, day: int, hour: int) -> bool:
    """What people do on an hour of a day, once the schedulers rest; whether they did anything."""
    open_today = day not in WEEKEND
    if (day, hour) == (0, 9):
        people.fill_a_day(days_ahead=8)
    if open_today and hour == 9:
        people.book()
        people.come()
    if open_today and hour == 11:
        people.call()
        people.give_up(-1)
    if open_today and hour == 18:
        people.give_up(-4)
    if day in (0, 1) and hour == 11:
        people.free_a_place(day)
    return people.answer_offers() or (open_today and hour in (9, 11, 18)) or (day, hour) == (1, 11)


def play(house: House, people: People, post: Post) -> None:
    """Hour by hour: the clock goes on while everybody rests, somebody may be killed at the work that is then due."""
    for at in (24 * day + hour for day in range(DAYS) for hour in HOURS):
        if at in DOWN:
            house.close()
            continue
        house.played.to(BEGINS + timedelta(hours=at))
        house.start()
        post.strikes = 1
        if house.chance.random() < KILLED:
            time.sleep(house.chance.uniform(0, 0.5 if at % 24 == HOURS[0] else 0.15))
            house.strike()
            post.strikes = 0
        house.until_rest()
        with inside(house.settings):
            something = live(people, *divmod(at, 24))
        if something:
            house.played.turn_over()
            house.until_rest()
    house.played.to(house.played.read() + LAST_LOOK)
    house.until_rest()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"] if FULL else ["sqlite"], indirect=True)
def test_f8_f9_f10_f11_a_week_of_killed_schedulers_does_and_says_everything_once(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    box: Mailbox,
    post: Post,
    endpoint: str,
) -> None:
    print(f"RACES_SEED={SEED}")  # noqa: T201
    begun = time.monotonic()
    played = Clock(BEGINS)
    play_by(played, monkeypatch)
    fate = Fate(SEED, tmp_path / "notes")
    fate.reign(monkeypatch)
    ways: dict[str, Any] = {
        "smtp_url": box.url,
        "mail_from": "yoyaku@city.example.jp",
        "allowed_hosts": "127.0.0.1",
    }
    house = House(replace(settings, recent_backups=False, **ways), played, random.Random(SEED))
    post.strike = house.strike
    people = People(endpoint)
    try:
        with inside(house.settings):
            people.prepare()
        play(house, people, post)
    finally:
        house.close()
    begins, ends = fate.noted("begun"), fate.noted("ended")
    copies = sum(box.ids().values()) - len(box.ids())
    print(  # noqa: T201
        f"{house.kills} kills, {house.sleeps} asleep; "
        f"{len(begins)} runs, {sum(begins.values()) - len(begins)} begun again; "
        f"{len(box.ids())} letters, {copies} copies, {post.later} put off; {len(post.asked)} pushes; "
        f"{time.monotonic() - begun:.1f} s"
    )
    periods = {(entry.job, entry.last_due(at)) for at in house.begins for entry in TIMETABLE}
    with inside(house.settings):
        week_facts.jobs_were_done_once(periods, begins, ends)
        week_facts.letters_came_once(house, people, box)
        week_facts.pushes_came_once(house, people, post.asked)
        week_facts.everything_is_there_once(people, periods, begins)
