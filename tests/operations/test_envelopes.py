"""A sealed application: nobody but the counter reads it, it is taken in once, and it ends with its month."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.clock import now
from models.core.db import ground, session
from models.core.errors import Conflict, Gone, Invalid, NotFound, Unavailable
from models.core.space import current_space
from models.operations import calling, envelopes, pairing, printing, purging, scanning, sealing_keys
from models.operations.booking import Made, book, cancel, move
from models.operations.unsealing import More
from models.papers import sealed
from models.queries import applications, bookings, catalogue
from models.queries import envelopes as kept
from models.queries import sealing_keys as keys_seen
from models.queries.offices import office, offices
from models.rules.forms import packing
from models.rules.forms.json_schema import example
from models.tables import AuditEntry
from tests.conftest import BOTH, SQLITE
from tests.operations.test_booking import asked, free, honcho

pytestmark = SQLITE

AOKI = "aoki"


def filled(name: str = "葛󠄀城　𠮷彦") -> dict[str, Any]:
    return {**example(catalogue.current().forms["F01"]), "r_name": name}


def booked() -> Made:
    sealing_keys.make_ahead(today())
    return book(asked(free()[0]))


def today() -> date:
    return honcho().day_of(now())


def sealed_visit(made: Made, *names: str) -> tuple[str, ...]:
    """The codes of a visit whose forms were sealed at home."""
    envelopes.keep(made.token, envelopes.for_booking(bookings.by_token(made.token), {"F01": filled(*names)}))
    found = kept.of_booking(bookings.by_token(made.token).id)
    assert found is not None
    return found.codes


@pytest.mark.usefixtures("city")
class TestAtHome:
    def test_what_is_kept_says_nothing(self) -> None:
        made = booked()
        (code,) = sealed_visit(made)
        whole = sealed.joined(sealed.pieces(code))
        assert "葛".encode() not in whole

    @BOTH
    def test_a_second_sealing_takes_the_place_of_the_first(self) -> None:
        made = booked()
        first, second = sealed_visit(made), sealed_visit(made, "前庭　花子")
        assert first != second
        found = kept.of_booking(bookings.by_token(made.token).id)
        assert found is not None
        assert found.codes == second

    def test_a_moved_visit_keeps_it_until_its_new_day(self) -> None:
        made = booked()
        codes, before = sealed_visit(made), bookings.by_token(made.token)
        later = next(at for at in free() if at.astimezone(before.office.zone).date() > before.day)
        move(made.token, later)
        after = bookings.by_token(made.token)
        purging.purge(after.day)
        found = kept.of_booking(after.id)
        assert found is not None
        assert found.codes == codes
        assert found.due == after.day + timedelta(days=3)

    def test_the_same_envelope_sent_twice_is_kept_twice_and_no_clash(self) -> None:
        made = booked()
        booking = bookings.by_token(made.token)
        whole = envelopes.for_booking(booking, {"F01": filled()})
        first, second = (envelopes.file(honcho(), "F01", whole, booking) for _ in range(2))
        assert kept.by_token(first.token).codes == kept.by_token(second.token).codes

    def test_cancelling_or_deleting_ends_it(self) -> None:
        made, other = booked(), booked()
        for one in (made, other):
            sealed_visit(one)
        cancel(made.token)
        envelopes.delete_of(other.token)
        assert kept.of_booking(bookings.by_token(made.token).id) is None
        assert kept.of_booking(bookings.by_token(other.token).id) is None

    def test_only_this_offices_key_of_this_month_is_taken(self) -> None:
        made = booked()
        booking = bookings.by_token(made.token)
        good = envelopes.for_booking(booking, {"F01": filled()})
        later = keys_seen.for_day(booking.office, booking.day + timedelta(days=40))
        elsewhere = keys_seen.for_day(office("higashi"), booking.day)
        for other in (elsewhere.mark, b"\0\0\0\0"):
            with pytest.raises(Invalid):
                envelopes.keep(made.token, good[:1] + other + good[5:])
        for broken in (b"", good[:30], b"\2" + good[1:], good + b"x" * 4000):
            with pytest.raises(Invalid):
                envelopes.keep(made.token, broken)
        envelopes.keep(made.token, good[:1] + later.mark + good[5:])

    def test_without_a_key_it_is_said(self) -> None:
        made = book(asked(free()[0]))
        with pytest.raises(Unavailable, match="鍵"):
            envelopes.for_booking(bookings.by_token(made.token), {"F01": filled()})


@pytest.mark.usefixtures("city")
class TestAtTheCounter:
    @BOTH
    def test_a_code_brings_booking_and_forms_and_is_printed(self) -> None:
        made = booked()
        (code,) = sealed_visit(made)
        seen = scanning.scan(honcho(), code, "1", AOKI)
        assert seen.booking is not None
        assert seen.booking.reference == made.reference
        (found,) = seen.applications
        assert applications.fields_of(found.application)["r_name"] == "葛󠄀城　𠮷彦"
        assert found.application.state == "ready"
        sheet = printing.print_sheet(honcho(), found.application.reference, AOKI, "1", "")
        assert sheet.pdf.startswith(b"%PDF")

    def test_the_same_code_again_shows_the_same_form_and_that_it_was_printed(self) -> None:
        made = booked()
        (code,) = sealed_visit(made)
        first = scanning.scan(honcho(), code, "1", AOKI)
        printing.print_sheet(honcho(), first.applications[0].application.reference, AOKI, "1", "")
        again = scanning.scan(honcho(), code.lower(), "1", AOKI)
        assert [one.application.id for one in again.applications] == [
            one.application.id for one in first.applications
        ]
        assert any("印刷済み" in str(one) for one in again.warnings)

    def test_a_purged_form_does_not_come_back_by_its_code(self, clock: FrozenDateTimeFactory) -> None:
        made = booked()
        (code,) = sealed_visit(made)
        seen = scanning.scan(honcho(), code, "1", AOKI)
        clock.move_to(now() + timedelta(days=1))
        filing_row = seen.applications[0].application
        purging.purge(filing_row.due + timedelta(days=1))
        clock.move_to(filing_row.expires_at + timedelta(hours=1))
        with pytest.raises(Gone):
            scanning.scan(honcho(), code, "1", AOKI)

    def test_another_office_and_other_peoples_codes_each_say_so(self) -> None:
        made = booked()
        (code,) = sealed_visit(made)
        with pytest.raises(Conflict, match="本庁舎"):
            scanning.scan(office("higashi"), code, "1", AOKI)
        whole = sealed.joined(sealed.pieces(code))
        (foreign,) = sealed.texts(whole[:1] + b"\0\0\0\0" + whole[5:])
        (forged,) = sealed.texts(whole[:-1] + bytes([whole[-1] ^ 1]))
        for text in (foreign, forged, code[:-5], code[:-1] + ("A" if code[-1] != "A" else "B")):
            with pytest.raises(NotFound):
                scanning.scan(honcho(), text, "1", AOKI)

    def test_two_codes_are_asked_for_one_after_the_other(self) -> None:
        sealing_keys.make_ahead(today())
        key, form = keys_seen.for_day(honcho(), today()), catalogue.current().forms["F01"]
        letters = random.Random(1)
        noise = "".join(chr(letters.randrange(0x4E00, 0x9000)) for _ in range(700))
        parts = sealed.PackedForm(
            "F01", packing.mark(form), packing.packed(packing.plan(form), filled(noise))
        )
        first, second = sealed.texts(envelopes.sealed_for(honcho(), key, sealed.Contents("", (parts,))))
        with pytest.raises(More, match="2枚のうち1枚を読みました。2枚目") as told:
            scanning.scan(honcho(), first, "1", AOKI)
        assert told.value.extra == {"missing": [2], "total": 2}
        seen = scanning.scan(honcho(), f"{first}\n{second}", "1", AOKI)
        assert [one.application.form for one in seen.applications] == ["F01"]

    def test_a_month_that_is_over_opens_nothing(self, clock: FrozenDateTimeFactory) -> None:
        made = booked()
        (code,) = sealed_visit(made)
        booking = bookings.by_token(made.token)
        after = (booking.day.replace(day=28) + timedelta(days=5)).replace(day=1)
        assert sealing_keys.end_past(after) >= 1
        names = ground().keys.days_of(current_space().code, keys_seen.PURPOSE)
        assert booking.day.replace(day=1) not in names
        with pytest.raises(Gone, match="期限"):
            scanning.scan(honcho(), code, "1", AOKI)

    def test_a_walk_in_takes_a_number_with_it(self) -> None:
        sealing_keys.make_ahead(today())
        key = keys_seen.for_day(honcho(), today())
        form = catalogue.current().forms["F01"]
        parts = sealed.PackedForm("F01", packing.mark(form), packing.packed(packing.plan(form), filled()))
        whole = envelopes.sealed_for(honcho(), key, sealed.Contents("", (parts,)))
        issued = scanning.arrive(honcho(), sealed.texts(whole)[0], AOKI)
        calling.call_next(honcho(), "1", AOKI)
        assert issued.number
        assert [one.form for one in applications.of_ticket(issued.ticket_id)] == ["F01"]

    def test_what_anybody_sealed_with_holes_is_a_draft_with_its_missing_parts(self) -> None:
        made = booked()
        booking = bookings.by_token(made.token)
        envelopes.keep(made.token, envelopes.for_booking(booking, {"F01": {"r_name": "前庭　花子"}}))
        found = kept.of_booking(booking.id)
        assert found is not None
        seen = scanning.scan(honcho(), found.codes[0], "1", AOKI)
        assert seen.applications[0].application.state == "draft"
        assert any("途中" in str(one) for one in seen.warnings)


@pytest.mark.usefixtures("city")
class TestKeys:
    @BOTH
    def test_they_are_made_once_for_every_office_and_month(self) -> None:
        assert sealing_keys.make_ahead(today()) == sealing_keys.MONTHS_AHEAD * len(offices())
        assert sealing_keys.make_ahead(today()) == 0
        assert len(keys_seen.keys_of(honcho())) == sealing_keys.MONTHS_AHEAD

    def test_they_are_carried_over_as_public_keys_alone(self) -> None:
        sealing_keys.make_ahead(today())
        file = pairing.exported(today(), AOKI)
        assert pairing.take_over(file, AOKI) == 0
        told = json.loads(file)
        assert all(set(one) == {"office", "month", "key"} for one in told["keys"])
        changed = (
            {"format": "x"},
            {"municipality": "other"},
            {"keys": [1]},
            {"keys": []},
            {"side": "outside"},
        )
        for broken in (b"{}", b"[]", *(json.dumps(told | one).encode() for one in changed)):
            with pytest.raises(Invalid):
                pairing.take_over(broken, AOKI)

    def test_a_month_is_ended_early_with_a_reason_alone(self) -> None:
        sealing_keys.make_ahead(today())
        with pytest.raises(sealing_keys.StillNeeded):
            sealing_keys.end(today(), AOKI)
        for nothing in ("", "  ", "１２３４５６７８９０１８"):
            with pytest.raises(Invalid):
                sealing_keys.end_early(today(), nothing, AOKI)
        assert keys_seen.for_day(honcho(), today()).opens
        assert sealing_keys.end_early(today(), "漏れたおそれ", AOKI) == 1
        assert "2026-11 漏れたおそれ" in {entry.detail for entry in session().scalars(select(AuditEntry))}
        with pytest.raises(Unavailable):
            keys_seen.for_day(honcho(), today())
        with pytest.raises(NotFound):
            sealing_keys.end_early(today(), "again", AOKI)
