"""P8: a form changes from a day on, by two administrators; what was made under a version keeps it for ever."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.db import session
from models.core.errors import Gone, Invalid, NotFound
from models.core.space import Space
from models.operations import applications as acts
from models.operations import (
    diagnosis,
    editions,
    envelopes,
    form_carrying,
    form_revisions,
    installation,
    jobs,
    printing,
    unsealing,
)
from models.operations.booking import book
from models.operations.form_revisions import OtherBase, SecondPerson
from models.operations.sealing_keys import make_ahead
from models.papers import sealed
from models.papers.verification import page_texts
from models.queries import applications, bookings, catalogue
from models.queries import form_revisions as revisions
from models.queries.form_revisions import RevisionView
from models.queries.offices import OfficeView
from models.rules.forms import packing
from models.rules.forms.json_schema import example
from models.tables import AuditEntry
from tests.conftest import copied, inside
from tests.operations.test_booking import asked, free, honcho

AYA, MIKI, AOKI = "aya", "miki", "aoki"
TODAY = date(2026, 11, 24)
TITLED = "title: 住民票などの請求書\n"
ASKS_MORE = TITLED + "fields:\n  x_why: {label: くわしい理由, type: text, sec: why, req: must}\n"

pytestmark = [pytest.mark.usefixtures("city"), pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]


def proposed(text: str = TITLED, first_day: date = TODAY) -> int:
    return form_revisions.propose("F01", text, first_day, "言葉を市に合わせる", AYA)


def released(text: str = TITLED, first_day: date = TODAY) -> RevisionView:
    return form_revisions.release(proposed(text, first_day), shown(text), MIKI)


def shown(text: str) -> str:
    return packing.mark(revisions.made("F01", text))


def title() -> str:
    return catalogue.current().forms["F01"].words.ja


def filed() -> acts.Filed:
    return acts.file(honcho(), "F01", example(catalogue.current().forms["F01"]))


def sheet_text(reference: str) -> str:
    return "".join(page_texts(printing.print_sheet(honcho(), reference, AOKI).pdf))


def audited() -> list[tuple[str, str]]:
    chosen = select(AuditEntry).where(AuditEntry.action.like("form.%")).order_by(AuditEntry.id)
    return [(one.actor, one.action) for one in session().scalars(chosen)]


class TestTwoAdministrators:
    def test_a_version_is_in_force_once_somebody_else_has_released_it(self) -> None:
        waiting = proposed()
        assert title() == "住民票の写し等交付請求書"
        assert [one.id for one in revisions.waiting()] == [waiting]
        found = form_revisions.release(waiting, shown(TITLED), MIKI)
        assert (found.number, found.first_day, title()) == (1, TODAY, "住民票などの請求書")
        assert audited() == [(AYA, "form.propose"), (MIKI, "form.release")]

    def test_nobody_releases_what_he_proposed(self) -> None:
        waiting = proposed()
        with pytest.raises(SecondPerson):
            form_revisions.release(waiting, shown(TITLED), AYA)
        assert title() == "住民票の写し等交付請求書"

    def test_what_was_not_shown_is_not_released(self) -> None:
        with pytest.raises(OtherBase):
            form_revisions.release(proposed(), "00000000", MIKI)

    def test_a_dropped_or_released_one_is_not_released_again(self) -> None:
        waiting = proposed()
        form_revisions.drop(waiting, AYA)
        done = released(ASKS_MORE)
        for one in (waiting, done.id, 99):
            with pytest.raises(NotFound):
                form_revisions.release(one, shown(TITLED), MIKI)

    @pytest.mark.parametrize(
        ("text", "first_day"),
        [
            ("titel: x", TODAY),
            ("fields:\n  r_name: null", TODAY),
            ("", TODAY),
            (TITLED, TODAY - timedelta(days=1)),
            (TITLED, TODAY + timedelta(days=500)),
        ],
    )
    def test_what_cannot_be_is_not_even_proposed(self, text: str, first_day: date) -> None:
        with pytest.raises(Invalid):
            form_revisions.propose("F01", text, first_day, "", AYA)
        assert not revisions.waiting()

    def test_a_form_that_needs_more_paper_is_refused(self) -> None:
        lines = "".join(
            f"  x_f{n}: {{label: 追加{n}, type: text, sec: why, width: 100}}\n" for n in range(14)
        )
        with pytest.raises(Invalid, match="入力を確かめて") as refused:
            proposed(f"fields:\n{lines}")
        assert "紙に収まりません" in str(refused.value.problems[0].message)


class TestDays:
    def test_a_version_begins_on_its_day_by_the_job(self, clock: FrozenDateTimeFactory) -> None:
        friday = TODAY + timedelta(days=3)
        released(TITLED, friday)
        assert [one.first_day for one in revisions.coming(TODAY)] == [friday]
        assert title() == "住民票の写し等交付請求書"
        clock.tick(timedelta(days=3))
        assert jobs.run("begin-forms", "2026-11-27") == {"editions": 1}
        assert title() == "住民票などの請求書"
        assert editions.begin(friday) == 0

    def test_an_older_version_comes_back_as_a_new_one(self, clock: FrozenDateTimeFactory) -> None:
        first = released()
        released(ASKS_MORE)
        back = form_revisions.propose("F01", first.text, TODAY, "元に戻す", MIKI)
        assert form_revisions.release(back, shown(TITLED), AYA).number == 3
        form = catalogue.current().forms["F01"]
        assert packing.mark(form) == shown(TITLED)
        assert [one.number for one in revisions.of_form("F01")] == [3, 2, 1]

    def test_a_start_keeps_the_citys_forms(self) -> None:
        released()
        before = catalogue.current_edition()
        installation.refresh()
        assert (catalogue.current_edition(), title()) == (before, "住民票などの請求書")

    def test_a_catalogue_that_a_citys_form_does_not_fit_changes_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        released(TITLED + "fields:\n  submit_to: {label: 出す先}\n")
        before = catalogue.current_edition()
        newer = deepcopy(revisions.offered())
        del newer.documents["forms"].data["forms"]["F01"]["fields"]["submit_to"]
        monkeypatch.setattr(revisions, "offered", lambda: newer)
        installation.refresh()
        assert catalogue.current_edition() == before
        assert [(one.kind, one.city) for one in diagnosis._own_forms("maeniwa")] == [("own_form", "maeniwa")]


class TestP8:
    def test_an_application_prints_with_the_version_it_was_made_in(self) -> None:
        old, mark = filed(), packing.mark(catalogue.current().forms["F01"])
        released(ASKS_MORE)
        assert applications.by_reference(old.reference).definition().words.ja == "住民票の写し等交付請求書"
        text = sheet_text(old.reference)
        assert "住民票の写し等交付請求書" in text
        assert mark in text
        assert "くわしい理由" not in text

    def test_one_that_is_begun_later_has_the_new_version(self) -> None:
        old = packing.mark(catalogue.current().forms["F01"])
        released(ASKS_MORE)
        text = sheet_text(filed().reference)
        assert "住民票などの請求書" in text
        assert "くわしい理由" in text
        assert old not in text
        assert packing.mark(catalogue.current().forms["F01"]) in text

    def test_a_booking_made_before_is_written_in_the_version_that_is_in_force(self) -> None:
        made = book(asked(free()[0]))
        released(ASKS_MORE)
        form = acts.save(made.token, "F01", {}, ready=False)
        assert applications.by_token(form.token).definition().words.ja == "住民票などの請求書"

    def test_a_draft_stays_in_its_version(self) -> None:
        made = book(asked(free()[0]))
        form = acts.save(made.token, "F01", {}, ready=False)
        released(ASKS_MORE)
        acts.save(made.token, "F01", example(revisions.made("F01", "")), ready=True)
        assert applications.by_token(form.token).definition().words.ja == "住民票の写し等交付請求書"


class TestCarried:
    def test_released_forms_are_the_same_on_the_other_side(
        self, request: pytest.FixtureRequest, tmp_path: Path
    ) -> None:
        released(ASKS_MORE)
        file, mark = json.loads(json.dumps(form_carrying.exported())), shown(ASKS_MORE)
        template = request.getfixturevalue("sqlite_template")
        with copied(template, tmp_path / "outside", request) as outside, inside(outside):
            assert [form_carrying.take_over(file, "test") for _ in range(2)] == [1, 0]
            assert packing.mark(catalogue.current().forms["F01"]) == mark
            file["forms"][0]["text"] = TITLED
            with pytest.raises(Invalid):
                form_carrying.take_over(file, "test")

    @pytest.mark.parametrize(
        "planted",
        [
            {"format": "x"}, {"municipality": "other"}, {"forms": [{}]}, {"forms": [{"form": "F01"}]}, {"forms": 3},
        ],
    )  # fmt: skip
    def test_any_other_file_is_refused(self, planted: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            form_carrying.take_over({**form_carrying.exported(), **planted}, "test")

    def test_a_version_that_one_person_made_alone_is_refused(self) -> None:
        released()
        file = form_carrying.exported()
        line = {**file["forms"][0], "number": 2, "decided_by": AYA}
        with pytest.raises(Invalid):
            form_carrying.take_over({**file, "forms": [line]}, "test")


class TestSealed:
    @pytest.fixture(autouse=True)
    def keys(self, city: Space) -> None:
        make_ahead(TODAY)

    def codes(self) -> tuple[str, OfficeView]:
        made = book(asked(free()[0]))
        booking = bookings.by_token(made.token)
        answers: dict[str, Any] = example(catalogue.current().forms["F01"])
        envelope = envelopes.for_booking(booking, {"F01": answers})
        return " ".join(sealed.texts(envelope)), booking.office

    def test_a_code_of_an_older_version_opens_and_prints_as_it_was(self) -> None:
        codes, place = self.codes()
        released()
        released(ASKS_MORE)
        digest = unsealing.receive(place, codes, AOKI)
        [found] = applications.of_envelope(digest)
        assert found.definition().words.ja == "住民票の写し等交付請求書"
        assert "住民票の写し等交付請求書" in sheet_text(found.reference)

    def test_a_code_of_a_form_that_never_was_does_not_open(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(packing, "mark", lambda _: "00000000")
        codes, place = self.codes()
        monkeypatch.undo()
        with pytest.raises(Gone):
            unsealing.receive(place, codes, AOKI)
