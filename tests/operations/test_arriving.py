"""Codes at the entrance, forms brought along, prints asked for: each once, however often it is sent."""

from __future__ import annotations

import pytest

from models.core.clock import now
from models.core.errors import Conflict, Gone, Invalid, NotFound
from models.core.tokens import derived, new_token
from models.operations import applications as filing
from models.operations import arrivals, calling, printing, scanning
from models.operations.booking import QR, Made, Request, book, cancel
from models.operations.idempotency import Key
from models.queries import applications, availability, call_order, catalogue, line
from models.queries import printing as prints
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, office
from models.rules.forms.json_schema import example
from tests.conftest import BOTH, SQLITE

pytestmark = SQLITE

BEN = "ben"


def honcho() -> OfficeView:
    return office("honcho")


def code(token: str) -> str:
    return f"M1{derived(token, QR)}"


def booked_today() -> Made:
    need = availability.need_of(catalogue.current(), honcho(), ("JUM-01",))
    today = honcho().day_of(now())
    first = availability.free_times(honcho(), need, today, today, now())[0]
    contact = Contact(name="マエニワ　アイコ", email="aiko@example.jp")
    return book(Request(honcho(), ("JUM-01",), first.starts_at, contact))


def filed(form: str = "F01") -> str:
    return filing.file(honcho(), form, example(catalogue.current().forms[form])).token


@pytest.mark.usefixtures("city")
class TestArriving:
    @BOTH
    def test_a_booking_arrives_once_and_the_same_key_gives_the_same_ticket(self) -> None:
        text = code(booked_today().token)
        key = Key("check-in", "k1", "same")
        ticket = scanning.arrive(honcho(), text, BEN, key)
        assert ticket.number == "R001"
        assert scanning.arrive(honcho(), text, BEN, key) == ticket
        with pytest.raises(Conflict) as again:
            scanning.arrive(honcho(), text, BEN)
        assert again.value.extra["number"] == "R001"

    def test_a_form_without_a_booking_takes_a_number_and_waits_for_that_ticket(self) -> None:
        token = filed()
        ticket = scanning.arrive(honcho(), code(token), BEN)
        found = applications.by_token(token)
        assert found.ticket_id == ticket.ticket_id
        assert line.by_number(honcho(), honcho().day_of(now()), ticket.number).prefilled
        with pytest.raises(Conflict):
            scanning.arrive(honcho(), code(token), BEN)

    def test_forged_cancelled_and_foreign_codes_are_refused(self) -> None:
        made = booked_today()
        cancel(made.token)
        with pytest.raises(Gone):
            scanning.arrive(honcho(), code(made.token), BEN)
        with pytest.raises(NotFound):
            scanning.arrive(honcho(), code(new_token()), BEN)
        with pytest.raises(Conflict):
            scanning.arrive(office("higashi"), code(filed()), BEN)

    def test_who_cannot_wait_long_stands_before_those_who_came_just_before(self) -> None:
        first = arrivals.issue(honcho(), ("JUM-01",), BEN)
        second = arrivals.issue(honcho(), ("JUM-01",), BEN, brought=arrivals.Brought(priority=True))
        today = honcho().day_of(now())
        ordered = call_order.for_hall(honcho(), today, now())
        assert [ticket.number for ticket, _ in ordered] == [second.number, first.number]
        behind = line.by_number(honcho(), today, first.number)
        ahead = call_order.ahead_of(honcho(), today, behind, now())
        assert [one.number for one in ahead] == [second.number]

    def test_a_ticket_keeps_what_was_handled_in_the_end(self) -> None:
        number = arrivals.issue(honcho(), ("JUM-01",), BEN).number
        calling.call_next(honcho(), "1", BEN)
        calling.step(honcho(), number, "start", BEN)
        done = calling.step(honcho(), number, "finish", BEN, outcomes=("INK-02",))
        assert (done.state, done.procedures) == ("done", ("INK-02",))
        assert done.source == "walk_in"


@pytest.mark.usefixtures("city")
class TestOrderingPrints:
    @BOTH
    def test_the_original_is_one_job_and_a_reissue_needs_a_reason(self) -> None:
        one = applications.by_token(filed())
        original = printing.order(one, BEN)
        assert printing.order(one, BEN) == original
        printing.print_sheet(honcho(), one.reference, BEN)
        with pytest.raises(Invalid):
            printing.order(one, BEN)
        key = Key("prints", "k1", "same")
        reissue = printing.order(one, BEN, "紙づまり・印字不良", key)
        assert reissue != original
        assert printing.order(one, BEN, "紙づまり・印字不良", key) == reissue

    def test_a_my_number_is_no_reason(self) -> None:
        one = applications.by_token(filed())
        printing.print_sheet(honcho(), one.reference, BEN)
        with pytest.raises(Invalid):
            printing.order(one, BEN, "123456789018")
        assert len(prints.of_application(one.id)) == 1
