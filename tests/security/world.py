"""Two cities in one installation with the same offices, numbers and user names, and a word of its own for each."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf

from models.catalogue.municipality import MunicipalityPlan, load_demo_plan
from models.core.clock import now
from models.core.settings import Settings
from models.core.tokens import derived
from models.operations import (
    accounts,
    applications,
    arrivals,
    baselines,
    booking,
    channels,
    envelopes,
    form_revisions,
    handing_over,
    installation,
    printing,
    roster_rules,
    sealing_keys,
    tuning,
    visit_log,
)
from models.operations.arrivals import Brought
from models.operations.tuning import Rest
from models.papers import qr
from models.queries import applications as found
from models.queries import availability, bookings, catalogue, staff
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, office
from models.rules.forms.json_schema import example
from models.rules.handover.receivers import Wanted
from models.rules.planning import roster_rules as roster_people
from models.rules.planning.roster_rules import SHIPPED, RosterRules, document
from models.rules.planning.staffing import Target
from tests.conftest import CITY, inside
from tests.full_days import waiting
from tests.operations import installed
from tests.web.people import AYA, BEN, CHEAP, CHIE, KEIKO, PASSWORD, Person, post, sign_in
from wsgi import create_app

NEIGHBOUR = "tonari"
HOME, BRANCH = "honcho", "higashi"
HIRO = Person("hiro", "counter", BRANCH)
PEOPLE = {"counter": BEN, "concierge": KEIKO, "manager": CHIE, "administrator": AYA}
ROLES = tuple(PEOPLE)
DEVICES = ("kiosk", "board")
WHO_WORKS = RosterRules(SHIPPED.kinds, (roster_people.Person("01"), roster_people.Person("02")))
LOG = "ticket_id,queue,arrived_at,called_at,finished_at,counter\n{word}-1,A,{day} 09:00,{day} 09:05,{day} 09:15,1\n"


@dataclass(frozen=True)
class Holding:
    """What one resident has: a booking and one form of it; `code` is what the scanner reads of the booking."""

    booking: str
    booking_reference: str
    application: str
    reference: str
    code: str


@dataclass(frozen=True)
class Town:
    """One city of the tests; every personal text in it holds `word` or `kana`."""

    code: str
    name: str
    word: str
    kana: str
    mine: Holding
    other: Holding
    branch: Holding
    ended: Holding
    number: str
    ticket: str
    branch_number: str
    job: str
    receipt: str
    waiting: str
    bearers: Mapping[str, str]

    @property
    def prefix(self) -> str:
        """The beginning of every address of this city."""
        return f"/m/{self.code}"

    @property
    def marks(self) -> tuple[str, ...]:
        """What may never be seen from another city."""
        held = [self.mine, self.other, self.branch, self.ended]
        texts = [text for one in held for text in (one.booking, one.application, one.reference, one.code)]
        references = [one.booking_reference for one in held]
        return (
            self.word,
            self.kana,
            self.ticket,
            self.job,
            self.receipt,
            self.waiting,
            *texts,
            *references,
            *self.bearers.values(),
        )

    def reveals(self, text: str) -> list[str]:
        """The marks of this city in a text."""
        return [mark for mark in self.marks if mark in text]


def words_of(code: str) -> tuple[str, str, str]:
    """Name, word and kana of a city of the tests."""
    return {CITY: ("前庭市", "楓樹", "カエデノ"), NEIGHBOUR: ("隣山市", "桔梗", "キキョウ")}[code]


def open_neighbour() -> None:
    """The city next door: the same plan under another name."""
    plan = load_demo_plan(installation.offered_catalogue(NEIGHBOUR))
    installation.open_municipality(renamed(plan, *words_of(NEIGHBOUR)))


def renamed(plan: MunicipalityPlan, name: str, word: str, _: str) -> MunicipalityPlan:
    """The plan of a city with another name and other names of its offices."""
    offices = tuple(
        replace(one, words=replace(one.words, ja=f"{word}{one.words.ja}"), address=f"{name}{word}1番1号")
        for one in plan.offices
    )
    return replace(plan, code=NEIGHBOUR, words=replace(plan.words, ja=name), offices=offices)


def populate(settings: Settings, code: str) -> Town:
    """Give a furnished city people, bookings, forms, tickets, a print, a log and a baseline."""
    name, word, kana = words_of(code)
    with inside(settings, code), patch.object(accounts, "_hasher", CHEAP):
        home, branch = office(HOME), office(BRANCH)
        for person in (*PEOPLE.values(), HIRO):
            accounts.invite(person.username, f"{word} {person.username}", person.role, person.office, "test")
            accounts.set_password(person.username, PASSWORD)
        sealing_keys.make_ahead(home.day_of(now()))
        mine, other, away = (
            _holding(place, word, kana, nth) for place, nth in ((home, 0), (home, 1), (branch, 0))
        )
        ended = _holding(home, word, kana, 2)
        booking.cancel(ended.booking)
        arrived = _holding(home, word, kana, 3)
        arrivals.check_in(home, bookings.by_token(arrived.booking), "test")
        form = applications.file(home, "F01", named("F01", word))
        walk_in = arrivals.issue(home, ["JUM-01"], "test", brought=Brought((found.by_token(form.token),)))
        elsewhere = arrivals.issue(branch, ["JUM-01"], "test")
        job = printing.order(found.by_token(mine.application), "test").print_id
        asks = Wanted(f"{word}の住民記録", "copy", "tabbed")
        receiver = installed.receiver(home, asks).id
        receipt = handing_over.hand_over(home, found.by_token(mine.application), receiver, "ben", "2").receipt
        day = (now() - timedelta(days=4)).date()
        visit_log.import_log(home, LOG.format(word=word, day=day).encode(), "test")
        channels.open_channel("line", {"token": word, "secret": "5" * 32, "account": "@city"}, "test")
        baselines.freeze(baselines.Typed("JUM-01", 12.0, 30, f"{word} stopwatch"), "test")
        tuning.ask(home, Target(), Rest(day, day), "test")
        roster_rules.keep(home, document(WHO_WORKS), "test")
        form_revisions.propose("F02", "title: 異動届\n", date(2027, 4, 1), word, "test")
        monday = date(2026, 11, 30)
        tuning.at_once(tuning.ask_roster(home, Target(), Rest(day, day), monday, WHO_WORKS, "test"))
        return Town(
            code, name, word, kana, mine, other, away, ended, walk_in.number, walk_in.token, elsewhere.number, job,
            receipt, waiting(home, Contact(f"{kana}　マチ", phone="090-1234-5678")), _bearers(),
        )  # fmt: skip


def _bearers() -> dict[str, str]:
    given = {role: accounts.issue_token(role, HOME, "test") for role in ROLES}
    given |= {kind: accounts.enrol_device(kind, HOME, "test") for kind in DEVICES}
    given |= {"branch": accounts.issue_token("counter", BRANCH, "test")}
    for system in staff.access_tokens():
        accounts.token_used(system.number)
    return given


def _holding(place: OfficeView, word: str, kana: str, nth: int) -> Holding:
    need = availability.need_of(catalogue.current(), place, ["IDO-01"])
    today = place.day_of(now())
    times = availability.free_times(place, need, today, today, now())
    contact = Contact(f"{kana}　{'アイウエ'[nth]}ナ", phone="090-1234-5678")
    asked = booking.Request(place, need.procedures, times[nth].starts_at, contact)
    made = booking.book(asked)
    filed = applications.save(made.token, "F02", named("F02", word), ready=True)
    form = applications.token_for(made.token, "F02")
    seen = bookings.by_token(made.token)
    envelopes.keep(made.token, envelopes.for_booking(seen, {"F02": named("F02", word)}))
    return Holding(
        made.token, made.reference, form, filed.reference, qr.reference_text(derived(made.token, "qr"))
    )


def named(form: str, word: str) -> dict[str, Any]:
    """The example of a form, with `word` in the names of its people."""
    answers = example(catalogue.current().forms[form])
    name = f"{word}　太郎"
    return {
        field: [{**row, **({"p_name": name} if "p_name" in row else {})} for row in value]
        if isinstance(value, list) and value and isinstance(value[0], dict)
        else name
        if field.endswith("_name")
        else value
        for field, value in answers.items()
    }


def running(settings: Settings) -> Flask:
    """The application as it runs, errors answered as they are in a city."""
    app = create_app(settings)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    return app


@dataclass
class World:
    """A running application with both cities, and browsers and systems of everybody."""

    settings: Settings
    app: Flask
    here: Town
    there: Town | None = None

    def browser(self, who: str, town: Town | None = None) -> FlaskClient:
        """A browser of a role that has just signed in (counter 2 chosen), or of a resident (`nobody`)."""
        prefix = (town or self.here).prefix
        if who not in PEOPLE:
            return self.app.test_client()
        client = sign_in(self.app, PEOPLE[who], prefix)
        if who in ("counter", "concierge"):
            place = f"{prefix}/counter/place"
            assert post(client, place, place, place=f"{HOME}/2").status_code == 303
        return client

    def csrf(self, client: FlaskClient, town: Town | None = None) -> str:
        """The hidden token of this browser's forms."""
        page = client.get(f"{(town or self.here).prefix}/book/contact?procedure=JUM-01&office=honcho")
        page = (
            page if "csrf_token" in page.text else client.get(f"{(town or self.here).prefix}/staff/sign-in")
        )
        return page.text.partition('name="csrf_token" value="')[2].partition('"')[0]

    def csrf_without_pages(self, client: FlaskClient) -> str:
        """A hidden token of this browser's forms, made without looking at any page."""
        with self.app.test_request_context(f"{self.here.prefix}/", base_url="http://localhost"):
            token = str(generate_csrf())
            kept = dict(session)
        with client.session_transaction() as mine:
            mine.update(kept)
        return token

    def headers(self, who: str, town: Town | None = None) -> dict[str, str]:
        """The credentials of a system or device."""
        token = (town or self.here).bearers.get(who)
        return {"Authorization": f"Bearer {token}"} if token else {}

    def file(self, town: Town | None = None) -> Path:
        """The SQLite file of a city."""
        return self.settings.instance / "spaces" / f"{(town or self.here).code}.db"

    def tables(self, town: Town | None = None) -> dict[str, str]:
        """What stands in every table of a city, as one digest each."""
        with closing(sqlite3.connect(self.file(town))) as connection:
            return {name: _digest(connection, name) for name in _names(connection)}

    def rows(self, table: str, town: Town | None = None) -> list[dict[str, Any]]:
        """The rows of a table."""
        with closing(sqlite3.connect(self.file(town))) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(f'SELECT * FROM "{table}"')]

    def execute(self, statement: str, *values: Any) -> None:
        """Change a city's file behind the product's back."""
        with closing(sqlite3.connect(self.file())) as connection:
            connection.execute(statement, values)
            connection.commit()

    def bytes_at_rest(self) -> Iterator[tuple[Path, bytes]]:
        """Every file of the installation."""
        for path in sorted(self.settings.instance.rglob("*")):
            if path.is_file():
                yield path, path.read_bytes()


class Watch:
    """Says whether anything was written to a SQLite file since the last look."""

    def __init__(self, world: World, town: Town | None = None) -> None:
        self._connection = sqlite3.connect(world.file(town))
        self._version = self._now()

    def written(self) -> bool:
        """Whether somebody committed since the last look."""
        before, self._version = self._version, self._now()
        return before != self._version

    def close(self) -> None:
        self._connection.close()

    def _now(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


def _names(connection: sqlite3.Connection) -> list[str]:
    chosen = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    return [name for (name,) in connection.execute(chosen)]


def _digest(connection: sqlite3.Connection, table: str) -> str:
    rows = sorted(repr(row) for row in connection.execute(f'SELECT * FROM "{table}"'))
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
