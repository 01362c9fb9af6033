"""P1, P3, P8 and the scan before it: the right person's sheet, once, or none at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

from models.core.errors import Conflict, Gone, NotFound, Unavailable
from models.core.tokens import derived
from models.operations import applications as filing
from models.operations import arrivals, calling, printing, scanning
from models.operations.applications import Filed
from models.operations.booking import Made, book, cancel, move
from models.papers import qr
from models.papers.application import draw
from models.papers.sheet import ApplicationSheet
from models.papers.verification import page_texts
from models.queries import applications, bookings, catalogue
from models.queries import printing as prints
from models.queries.offices import office
from models.rules.forms.json_schema import example
from models.rules.retention import SHIPPED
from tests.conftest import BOTH, SQLITE
from tests.operations.test_booking import asked, free, honcho

pytestmark = SQLITE

AOKI = "aoki"


def filled(name: str = "葛󠄀城　𠮷彦") -> dict[str, Any]:
    """An F01 with a hard name."""
    return {**example(catalogue.current().forms["F01"]), "r_name": name}


def filed(name: str = "葛󠄀城　𠮷彦") -> Filed:
    return filing.file(honcho(), "F01", filled(name))


def code_of(token: str) -> str:
    """What the scanner reads from the QR code of a holder's token."""
    return qr.reference_text(derived(token, "qr"))


def visit_with_form(name: str = "前庭　愛子") -> tuple[Made, Filed]:
    made = book(asked(free()[0]))
    return made, filing.save(made.token, "F01", filled(name), ready=True)


@pytest.mark.usefixtures("city")
class TestScanning:
    @BOTH
    def test_one_code_brings_the_booking_with_all_its_forms(self) -> None:
        made, form = visit_with_form()
        seen = scanning.scan(honcho(), code_of(made.token), "1", AOKI)
        assert seen.booking is not None
        assert seen.booking.reference == made.reference
        assert [one.application.reference for one in seen.applications] == [form.reference]
        assert seen.warnings == ()

    def test_a_form_without_a_booking_is_tied_to_the_visitor_who_is_being_served(self) -> None:
        number = arrivals.issue(honcho(), ["JUM-01"], AOKI).number
        calling.call_next(honcho(), "1", AOKI)
        form = filed()
        seen = scanning.scan(honcho(), code_of(form.token), "1", AOKI)
        assert seen.ticket is not None
        assert seen.ticket.number == number
        assert applications.by_token(form.token).ticket_id == seen.ticket.id

    @pytest.mark.parametrize(
        "text", ["", "M1", "M1" + "Q" * 32, "https://example.jp", "A" * 5000, "K7FX-29MA"]
    )
    def test_what_is_not_ours_is_one_and_the_same_not_found(self, text: str) -> None:
        with pytest.raises(NotFound):
            scanning.scan(honcho(), text, "1", AOKI)

    def test_the_holders_own_token_is_not_what_the_code_shows(self) -> None:
        made, _ = visit_with_form()
        with pytest.raises(NotFound):
            scanning.scan(honcho(), f"M1{made.token}", "1", AOKI)

    def test_other_office_cancelled_deleted_and_expired_each_say_so(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        made, form = visit_with_form()
        with pytest.raises(Conflict, match="本庁舎"):
            scanning.scan(office("higashi"), code_of(made.token), None, AOKI)
        cancel(made.token)
        with pytest.raises(Gone, match="取り消"):
            scanning.scan(honcho(), code_of(made.token), "1", AOKI)
        other = filed()
        filing.delete(other.token)
        with pytest.raises(Gone, match="ご本人が"):
            scanning.scan(honcho(), code_of(other.token), "1", AOKI)
        late = filed()
        clock.tick(timedelta(days=31))
        with pytest.raises(Gone, match="期限"):
            scanning.scan(honcho(), code_of(late.token), "1", AOKI)
        assert form.reference

    def test_another_day_and_an_earlier_print_are_warnings(self) -> None:
        made = book(asked(free()[-1]))
        form = filing.save(made.token, "F01", filled(), ready=True)
        printing.print_sheet(honcho(), form.reference, AOKI)
        said = [str(one) for one in scanning.scan(honcho(), code_of(made.token), "1", AOKI).warnings]
        assert any("きょうの予約ではありません" in one for one in said)
        assert any("09:00に印刷済み" in one for one in said)


@pytest.mark.usefixtures("city")
class TestPrinting:
    def test_the_sheet_says_what_was_typed_code_point_by_code_point(self) -> None:
        form = filed("葛󠄀城　𠮷彦")
        released = printing.print_sheet(honcho(), form.reference, AOKI, "1")
        text = "".join(page_texts(released.pdf))
        assert "葛󠄀城𠮷彦" in text
        assert released.job.state == "released"

    @BOTH
    def test_asking_again_gives_the_same_job_and_a_reissue_needs_a_reason(self) -> None:
        form = filed()
        first = printing.print_sheet(honcho(), form.reference, AOKI)
        again = printing.print_sheet(honcho(), form.reference, AOKI)
        assert again.job.print_id == first.job.print_id
        copy = printing.print_sheet(honcho(), form.reference, AOKI, reason="紙づまり・印字不良")
        assert (copy.job.copy, copy.job.reason) == (2, "紙づまり・印字不良")
        assert copy.job.print_id != first.job.print_id

    def test_p1_a_sheet_that_shows_somebody_else_is_not_released(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mine, other = filed("前庭　愛子"), filed("裾野　太郎")
        foreign = printing.print_sheet(honcho(), other.reference, AOKI).pdf
        monkeypatch.setattr(printing, "draw", lambda sheet: foreign)
        with pytest.raises(Unavailable):
            printing.print_sheet(honcho(), mine.reference, AOKI)
        number = applications.by_token(mine.token).id
        assert [job.state for job in prints.of_application(number)] == ["failed"]
        monkeypatch.setattr(printing, "draw", draw)
        assert printing.print_sheet(honcho(), mine.reference, AOKI).job.state == "released"

    def test_p1_a_swapped_name_on_the_right_job_is_not_released(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mine = filed("前庭　愛子")

        def mixed(sheet: ApplicationSheet) -> bytes:
            fields = {**sheet.fields, "r_name": "裾野　太郎"}
            return draw(ApplicationSheet(**{**vars(sheet), "fields": fields}))

        monkeypatch.setattr(printing, "draw", mixed)
        with pytest.raises(Unavailable):
            printing.print_sheet(honcho(), mine.reference, AOKI)

    def test_p8_an_application_prints_with_the_edition_it_was_made_with(self) -> None:
        form = filed()
        made_with = applications.by_token(form.token).edition
        job = printing.ask(applications.by_token(form.token), AOKI, None)
        sheet = printing.sheet_of(honcho(), applications.by_token(form.token), job)
        assert sheet.form == catalogue.edition(made_with).forms["F01"]

    def test_another_offices_form_is_not_printed(self) -> None:
        with pytest.raises(Conflict):
            printing.print_sheet(office("higashi"), filed().reference, AOKI)


@pytest.mark.usefixtures("city")
class TestFollowing:
    @BOTH
    def test_forms_follow_a_booking_that_is_moved(self) -> None:
        made, form = visit_with_form()
        later = free()[-1]
        move(made.token, later)
        found = applications.by_token(form.token)
        assert found.due == honcho().day_of(later) + timedelta(days=SHIPPED.form)
        assert applications.fields_of(found) == filled("前庭　愛子")

    def test_forms_go_with_a_booking_that_is_cancelled(self) -> None:
        made, form = visit_with_form()
        cancel(made.token)
        with pytest.raises(Gone):
            applications.fields_of(applications.by_token(form.token))
        assert bookings.by_token(made.token).state == "cancelled"

    def test_a_draft_is_kept_and_found_again(self) -> None:
        made = book(asked(free()[0]))
        first = filing.save(made.token, "F01", {"r_name": "前庭　愛"}, ready=False)
        second = filing.save(made.token, "F01", filled(), ready=True)
        assert first == second
        (found,) = applications.of_booking(bookings.by_token(made.token).id)
        assert (found.state, applications.fields_of(found)) == ("ready", filled())
