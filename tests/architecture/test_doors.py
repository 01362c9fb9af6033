"""Every endpoint says who may enter, and looking at something changes nothing."""

from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from flask import Blueprint
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from models.core import settings as core_settings
from models.core import transaction
from models.core.db import session
from models.core.settings import SIDES
from models.operations import accounts, applications, arrivals, booking, jobs
from models.queries import availability, catalogue, offices, staff
from models.queries.applications import by_token
from models.queries.bookings import Contact
from models.rules.demo_people import CASES, PEOPLE, fields_of
from models.tables import AuditEntry
from tests.conftest import START, inside
from tests.full_days import waiting
from web import access
from wsgi import create_app

OFFICE = "honcho"
ASK_WHETHER_THEY_MAY = ("health.ready", "doctor.page")
"""Says whether the database takes writes, which only an act can tell; it changes no row."""
ROLES = ("counter", "concierge", "manager", "administrator")
QUESTIONS = {
    "api_offices.list_slots": "procedure=JUM-01",
    "api_reports.before_after": "change=2026-10-01",
    "booking.page": "procedure=JUM-01",
    "booking.contact": "procedure=JUM-01&office=honcho&starts_at=2026-11-26T10:00",
}
"""What a page must be asked, to be there."""


@pytest.fixture(scope="module", params=SIDES)
def any_side(request, sqlite_template):
    chosen = core_settings.load(sqlite_template.folder, {})
    made = create_app(replace(chosen, side=request.param, log_level="error"))
    yield made
    made.extensions["maeniwa"].close()


def undeclared(app):
    """The endpoints for which nobody said who may enter."""
    every = sorted({rule.endpoint for rule in app.url_map.iter_rules()})
    return [endpoint for endpoint in every if access.policy_of(app, endpoint) is None]


def test_every_endpoint_declares_one_policy(any_side):
    assert undeclared(any_side) == []


def test_no_view_declares_two_policies(any_side):
    """A policy is one attribute of the view itself: a wrapper of a declared view would carry a second one."""
    for endpoint, view in any_side.view_functions.items():
        inner = getattr(view, "__wrapped__", None)
        both = {getattr(view, access.ATTRIBUTE, None), getattr(inner, access.ATTRIBUTE, None)} - {None}
        assert len(both) <= 1, endpoint


def planted(app, view):
    """The same app with one more endpoint."""
    blueprint = Blueprint("planted", __name__)
    blueprint.add_url_rule("/planted", "page", view)
    app.register_blueprint(blueprint)
    return app


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_an_endpoint_that_declares_nothing_would_be_found_and_is_closed(settings, clock):
    app = planted(create_app(settings), lambda: "open")
    assert undeclared(app) == ["planted.page"]
    assert app.test_client().get("/planted").status_code == 403
    app.extensions["maeniwa"].close()


@dataclass(frozen=True)
class Things:
    """One of everything that an address can name."""

    booking: str
    application: str
    ticket: str
    waiting: str
    number: str
    reference: str
    bearers: dict[str, str]

    def value(self, rule, argument):
        """What stands for one argument of an address."""
        if argument == "token":
            kinds = {
                "bookings": self.booking,
                "applications": self.application,
                "tickets": self.ticket,
                "waiting": self.waiting,
            }
            return next(token for kind, token in kinds.items() if f"/{kind}/" in rule.rule)
        if rule.endpoint == "bootstrap.static":
            return "css/bootstrap.min.css"
        if rule.endpoint == "kiosk.static":
            return "terminal/screen.css"
        known = {
            "office": OFFICE,
            "form": "F01",
            "number": self.number,
            "reference": self.reference,
            "username": "counter",
            "filename": "theme.css",
            "device": 1,
            "step": "1",
            "code": "JUM-01",
            "by": "weekday",
            "table": "daily",
            "file": "csv",
            "weekday": 1,
            "screen": "components",
            "counter": "1",
            "job": "00000000",
            "proposal": 1,
            "revision": 1,
            "plan": 1,
            "piece": 1,
            "question": "hours",
            "spot": "home",
            "system": 1,
            "kind": "reminder",
            "language": "ja",
            "letter": 1,
            "receipt": "BCDFGHJKLMNP",
            "receiver": 1,
        }
        assert argument in known, f"say in this test what <{argument}> of {rule.rule} may be"
        return known[argument]


@pytest.fixture
def things(settings, clock):
    with inside(settings):
        jobs.beat("test")
        place = offices.office(OFFICE)
        case = next(case for case in CASES if case.form == "F01")
        need = availability.need_of(catalogue.current(), place, case.procedures)
        today = place.day_of(START)
        free = availability.free_times(place, need, today, today, START)[0]
        made = booking.book(
            booking.Request(place, need.procedures, free.starts_at, Contact("マエニワ", phone="0"))
        )
        filed = applications.save(made.token, case.form, fields_of(case, PEOPLE[0], today, today), ready=True)
        issued = arrivals.issue(place, ["JUM-01"], "test")
        waits = waiting(place, Contact("マエニワ", phone="0"))
        bearers = {role: accounts.issue_token(role, None, "test") for role in ROLES}
        for system in staff.access_tokens():
            accounts.token_used(system.number)  # the hourly note of a token's use is no matter of the page
        return Things(
            made.token,
            filed.token,
            issued.token,
            waits,
            issued.number,
            by_token(filed.token).reference,
            bearers,
        )


@pytest.fixture
def acts(monkeypatch):
    """Every act that was begun, by the operation's name."""
    begun = []
    real = transaction.transaction

    @contextmanager
    def noted():
        begun.append(True)
        with real() as open_session:
            yield open_session

    monkeypatch.setattr(transaction, "transaction", noted)
    return begun


def looks(app):
    """Every rule that can be looked at."""
    return [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]


def who_looks(policy, nth):
    """Whoever may, nobody where everybody may, and by turns one of the others."""
    allowed = tuple(role for role in ROLES if role in policy.names) or (None,)
    others = [role for role in (None, *ROLES) if role not in allowed]
    return (*allowed, others[nth % len(others)])


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_looking_at_anything_begins_no_act(app, client, things, acts):
    answers = {}
    with app.test_request_context():
        addresses = [
            (rule, app.url_map.bind("localhost").build(
                rule.endpoint, {one: things.value(rule, one) for one in rule.arguments}
            ))
            for rule in looks(app)
        ]  # fmt: skip
    for nth, (rule, address) in enumerate(addresses):
        policy = access.policy_of(app, rule.endpoint)
        for role in who_looks(policy, nth):
            headers = {"Authorization": f"Bearer {things.bearers[role]}"} if role else {}
            acts.clear()
            answer = client.get(address, headers=headers, query_string=QUESTIONS.get(rule.endpoint))
            answer.close()
            assert answer.status_code < 500, f"{role} {address}: {answer.status_code}"
            if not policy.records and rule.endpoint not in ASK_WHETHER_THEY_MAY:
                assert acts == [], f"{role} {address} wrote something"
            answers.setdefault(rule.endpoint, set()).add(answer.status_code)
    opened = [endpoint for endpoint, found in answers.items() if found & {200, 204}]
    assert len(opened) > len(answers) * 0.7, sorted(set(answers) - set(opened))


def entries(settings):
    with inside(settings):
        return session().scalar(select(func.count()).select_from(AuditEntry))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_look_that_wrote_would_be_found(settings, clock, acts):
    @access.PUBLIC
    def writes():
        arrivals.issue(offices.office(OFFICE), ["JUM-01"], "planted")
        return "done"

    app = planted(create_app(settings), writes)
    assert app.test_client().get("/planted").status_code == 200
    assert acts
    app.extensions["maeniwa"].close()


def test_the_database_refuses_a_write_outside_an_act(settings, clock):
    row = {"at": START, "actor": "x", "action": "x", "subject": "x", "detail": "", "mac": b"x"}
    before = entries(settings)

    @access.PUBLIC
    def writes():
        session().execute(insert(AuditEntry), [row])
        session().commit()
        return "done"

    app = planted(create_app(settings), writes)
    assert app.test_client().get("/planted").status_code >= 500
    app.extensions["maeniwa"].close()
    with inside(settings), pytest.raises(DBAPIError, match=r"readonly|read-only"):
        session().execute(insert(AuditEntry), [row])
    assert entries(settings) == before
