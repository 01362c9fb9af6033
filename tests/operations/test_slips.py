"""P6: a slip's print from the asking to the paper; nothing twice, nothing lost, nothing for somebody who has gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.core.errors import Conflict, Invalid, NotFound
from models.operations import accounts, arrivals, calling, slips
from models.operations.booking import Made, Request, book
from models.operations.slips import For
from models.papers import slip as papers
from models.queries import availability, catalogue, hall, slip_words
from models.queries import slips as found
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, office
from models.queries.staff import by_device
from models.rules import slip_states
from models.rules.slip_states import STEPS
from models.tables import NumberSequence, SlipJob, Ticket, Visit
from models.tables.hall import SLIP_STATES
from tests.conftest import BOTH, SQLITE
from tests.web.statements import asked

pytestmark = SQLITE

ANN = "ann"
BASE = "https://yoyaku.example.lg.jp"


def honcho() -> OfficeView:
    return office("honcho")


def kiosk(label: str = "正面玄関") -> int:
    holder = by_device(accounts.enrol_device("kiosk", "honcho", "test", label))
    assert holder is not None
    return holder.number


def visitor() -> tuple[arrivals.Issued, For]:
    issued = arrivals.issue(honcho(), ["IDO-01"], ANN)
    visit = session().scalar(select(Ticket.visit_id).where(Ticket.id == issued.ticket_id))
    return issued, For(visit_id=visit)


def booked() -> Made:
    need = availability.need_of(catalogue.current(), honcho(), ("IDO-01", "MNC-02"))
    day = honcho().day_of(now() + timedelta(days=7))
    first = availability.free_times(honcho(), need, day, day, now())[0]
    return book(
        Request(
            honcho(),
            ("IDO-01", "MNC-02"),
            first.starts_at,
            Contact(name="マエニワ　アイコ", email="a@example.jp"),
        )
    )


def at_state(state: str, device: int) -> found.SlipView:
    """A fresh print that was brought to a state."""
    job = slips.ask(honcho(), device, visitor()[1], ANN)
    if state == "dropped":
        return slips.drop(honcho(), job.id, ANN)
    if state != "asked":
        job = slips.claim(honcho(), device, job.id, ANN)
    if state in ("printed", "failed", "unclear"):
        job = slips.report(honcho(), device, job.id, state, ANN, "paper_out" if state == "failed" else "")
    return job


ACTS = {
    "claim": lambda job: slips.claim(honcho(), job.device_id, job.id, ANN),
    "printed": lambda job: slips.report(honcho(), job.device_id, job.id, "printed", ANN),
    "failed": lambda job: slips.report(honcho(), job.device_id, job.id, "failed", ANN, "cut"),
    "unclear": lambda job: slips.report(honcho(), job.device_id, job.id, "unclear", ANN),
    "again": lambda job: slips.again(honcho(), job.id, ANN),
    "drop": lambda job: slips.drop(honcho(), job.id, ANN),
    "confirm": lambda job: slips.confirm(honcho(), job.id, ANN),
}


def test_the_table_of_steps_knows_every_state_and_no_other() -> None:
    assert set(ACTS) == set(STEPS)
    assert {state for step in STEPS.values() for state in (*step.before, step.after)} - {""} == set(
        SLIP_STATES
    )


@pytest.mark.usefixtures("city")
class TestPrinting:
    def test_every_step_from_every_state_does_what_the_table_says(self) -> None:
        device = kiosk()
        for action, step in STEPS.items():
            for state in SLIP_STATES:
                job = at_state(state, device)
                assert job.state == state
                if (
                    state in step.before
                    or state == step.after != "printing"
                    and action in ("printed", "failed", "unclear")
                ):
                    assert ACTS[action](job).state == (step.after or state)
                    continue
                with pytest.raises(Conflict) as refused:
                    ACTS[action](job)
                assert refused.value.extra["state"] == state
                assert found.job(honcho(), job.id) == job

    @BOTH
    def test_a_visits_slip_is_one_job_however_often_it_is_asked(self) -> None:
        device, (_, whose) = kiosk(), visitor()
        first = slips.ask(honcho(), device, whose, ANN)
        assert slips.ask(honcho(), device, whose, ANN) == first
        slips.claim(honcho(), device, first.id, ANN)
        slips.report(honcho(), device, first.id, "printed", ANN)
        assert slips.ask(honcho(), device, whose, ANN).state == "printed"

    @BOTH
    def test_one_claim_wins(self) -> None:
        job = at_state("asked", kiosk())
        slips.claim(honcho(), job.device_id, job.id, ANN)
        with pytest.raises(Conflict):
            slips.claim(honcho(), job.device_id, job.id, ANN)

    def test_a_print_that_fails_gives_out_no_second_number(self) -> None:
        device, (issued, whose) = kiosk(), visitor()
        job = slips.ask(honcho(), device, whose, ANN)
        for _ in range(3):
            slips.claim(honcho(), device, job.id, ANN)
            slips.report(honcho(), device, job.id, "failed", ANN, "paper_out")
            slips.again(honcho(), job.id, ANN)
        assert session().scalar(select(NumberSequence.last).where(NumberSequence.letter == "B")) == 1
        assert list(session().scalars(select(Ticket.number))) == [issued.number]
        assert session().scalar(select(SlipJob.copies)) == 4

    def test_the_first_paper_is_noted_at_the_visit(self, clock) -> None:
        device, (_, whose) = kiosk(), visitor()
        job = slips.ask(honcho(), device, whose, ANN)
        slips.claim(honcho(), device, job.id, ANN)
        slips.report(honcho(), device, job.id, "printed", ANN)
        printed = now()
        clock.tick(60)
        slips.report(honcho(), device, job.id, "printed", ANN)
        assert session().scalar(select(Visit.slip_printed_at)) == printed

    def test_another_device_or_office_does_not_find_it(self) -> None:
        job = at_state("asked", kiosk())
        with pytest.raises(NotFound):
            slips.claim(honcho(), kiosk("二階"), job.id, ANN)
        with pytest.raises(NotFound):
            slips.confirm(office("higashi"), job.id, ANN)

    @pytest.mark.parametrize(
        ("state", "problem"), [("lost", ""), ("failed", "fire"), ("printed", "cut"), ("asked", "")]
    )
    def test_what_no_agent_says_is_refused(self, state: str, problem: str) -> None:
        job = at_state("printing", kiosk())
        with pytest.raises(Invalid):
            slips.report(honcho(), job.device_id, job.id, state, ANN, problem)

    def test_every_outcome_that_staff_should_see_makes_a_version(self) -> None:
        job = at_state("printing", kiosk())
        before = hall.version(honcho())
        slips.report(honcho(), job.device_id, job.id, "failed", ANN, "paper_out")
        assert hall.version(honcho()) > before


@pytest.mark.usefixtures("city")
class TestPeopleWhoLeft:
    @pytest.mark.parametrize("state", ["asked", "failed", "unclear"])
    def test_the_slip_of_somebody_who_has_gone_is_never_printed_when_the_paper_is_back(
        self, clock, state
    ) -> None:
        job = at_state(state, kiosk())
        clock.tick(slip_states.LEFT_AFTER)
        for act in ("claim", "again"):
            with pytest.raises(Conflict):
                ACTS[act](job)
        at_state("asked", kiosk("二階"))
        assert found.job(honcho(), job.id).state == "dropped"

    def test_a_word_from_the_person_or_staff_keeps_it(self, clock) -> None:
        job = at_state("failed", kiosk())
        for _ in range(4):
            clock.tick(slip_states.LEFT_AFTER - timedelta(seconds=1))
            slips.confirm(honcho(), job.id, ANN)
        assert slips.again(honcho(), job.id, ANN).state == "asked"

    def test_what_was_given_up_begins_anew_for_somebody_who_is_back(self, clock) -> None:
        device, (_, whose) = kiosk(), visitor()
        first = slips.ask(honcho(), device, whose, ANN)
        clock.tick(slip_states.LEFT_AFTER)
        second = slips.ask(honcho(), device, whose, ANN)
        assert (second.id != first.id, second.state) == (True, "asked")

    def test_a_terminal_that_breaks_off_leaves_an_unclear_print_and_may_still_tell_the_truth(
        self, clock
    ) -> None:
        device = kiosk()
        job = at_state("printing", device)
        clock.tick(slip_states.SILENT_AFTER)
        at_state("asked", device)
        assert found.job(honcho(), job.id).state == "unclear"
        assert slips.report(honcho(), device, job.id, "printed", ANN).state == "printed"


@pytest.mark.usefixtures("city")
class TestTroubles:
    @BOTH
    def test_staff_see_the_terminal_its_problem_and_the_oldest_age_and_an_alarm_from_two_minutes(
        self, clock
    ) -> None:
        device = kiosk()
        assert found.troubles(honcho()) == ()
        at_state("failed", device)
        [trouble] = found.troubles(honcho())
        assert (trouble.device, trouble.problem, trouble.minutes, trouble.alarm) == (
            "正面玄関",
            "paper_out",
            0,
            False,
        )
        clock.tick(timedelta(minutes=1, seconds=59))
        at_state("failed", device)
        assert not found.troubles(honcho())[0].alarm
        clock.tick(1)
        [trouble] = found.troubles(honcho())
        assert (trouble.alarm, trouble.minutes, len(trouble.jobs)) == (True, 2, 2)
        clock.tick(slip_states.LEFT_AFTER)
        at_state("asked", kiosk("二階"))
        [trouble] = found.troubles(honcho())
        assert (trouble.alarm, trouble.jobs) == (True, ())

    def test_a_slip_that_comes_out_ends_the_trouble_of_its_terminal_only(self) -> None:
        first, second = kiosk("一階"), kiosk("二階")
        for device in (first, second):
            at_state("failed", device)
        at_state("printed", second)
        assert [one.device for one in found.troubles(honcho())] == ["一階"]

    def test_staff_dismiss_what_they_have_seen_to(self) -> None:
        device = kiosk()
        job = at_state("failed", device)
        slips.dismiss(honcho(), device, ANN)
        assert found.troubles(honcho()) == ()
        assert found.job(honcho(), job.id).state == "dropped"

    def test_a_print_that_nobody_begins_is_a_trouble(self, clock) -> None:
        at_state("asked", kiosk())
        clock.tick(slip_states.SILENT_AFTER)
        assert [one.problem for one in found.troubles(honcho())] == ["offline"]

    def test_looking_for_it_reads_no_slips_of_earlier_days(self) -> None:
        with asked() as statements:
            found.troubles(honcho())
        (statement,) = [one for one in statements if "FROM slip_job" in one]
        rows = (
            session()
            .connection()
            .exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (None,) * statement.count("?"))
        )
        assert any("slip_job" in row[-1] and "(office_id=? AND asked_at>?)" in row[-1] for row in rows)

    def test_another_office_sees_nothing_of_it(self) -> None:
        at_state("failed", kiosk())
        assert found.troubles(office("higashi")) == ()


@pytest.mark.usefixtures("city")
class TestWords:
    def said(self, words: slip_words.SlipWords, language: str = "ja") -> papers.SlipData:
        return slip_words.said(words, "前庭市", language, lambda one: f"<{one}>")

    def test_a_ticket_says_who_is_ahead_how_long_and_where_and_never_what_for(self) -> None:
        for _ in range(6):
            visitor()
        issued, _ = visitor()
        made = self.said(slip_words.of_ticket(issued.token, BASE, now()))
        assert (made.headline, made.title.ja) == (issued.number, "引っ越し・世帯")
        assert made.office.ja == "前庭市 本庁舎"
        rows = {row.label.ja: row.value.ja for row in made.rows}
        assert rows["あなたの前"] == "6人"
        assert "分" in rows["待ち時間のめやす"]
        assert rows["行くところ"].endswith("番窓口")
        assert made.qr == f"{BASE}/tickets/{issued.token}"
        assert "30分" in made.notes[1].ja
        text = str(made)
        assert not any(word in text for word in ("IDO-01", "転入届", "アイコ"))
        assert papers.read(made.as_json()) == made
        assert papers.dots(made, "58").width == 384

    @pytest.mark.parametrize(
        ("wait", "told"),
        [
            ((0, 0), "すぐ"),
            ((30, 30), "約30分"),
            ((120, 120), "約2時間"),
            ((260, 290), "4時間20分〜4時間50分"),
        ],
    )
    def test_from_two_hours_on_a_wait_is_told_in_hours(self, monkeypatch, wait, told) -> None:
        monkeypatch.setattr(slip_words, "shown_range", lambda _: wait)
        made = self.said(slip_words.of_ticket(visitor()[0].token, BASE, now()))
        assert {row.label.ja: row.value.ja for row in made.rows}["待ち時間のめやす"] == told

    def test_another_language_stands_beside_the_japanese(self) -> None:
        issued, _ = visitor()
        made = self.said(slip_words.of_ticket(issued.token, BASE, now()), "en")
        assert (made.title.ja, made.title.own) == ("引っ越し・世帯", "Moving")
        assert made.headline_label.own == "<受付番号>"

    def test_a_booking_says_when_and_what_to_bring_and_nothing_of_the_person(self) -> None:
        made = self.said(slip_words.of_booking(booked().token))
        rows = {row.label.ja: row.value.ja for row in made.rows}
        assert rows["日"] == "2026年（令和8年） 12月1日（火）"
        assert ":" in rows["時間"]
        assert rows["持ち物"].startswith("本人確認書類、転出証明書、")
        assert rows["持ち物"].endswith("ほか")
        assert "アイコ" not in str(made)
        assert "example.jp" not in str(made)
        assert papers.dots(made, "80").width == 576

    def test_a_number_that_is_called_already_says_no_wait(self) -> None:
        issued, _ = visitor()
        calling.step(honcho(), issued.number, "cancel", ANN)
        labels = [row.label.ja for row in self.said(slip_words.of_ticket(issued.token, BASE, now())).rows]
        assert "あなたの前" not in labels
        assert "待ち時間のめやす" not in labels
