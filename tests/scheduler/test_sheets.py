"""P3, P4, P6 between the counter and a printer: one sheet, whole or given up; nothing for somebody who has left."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun.api import FrozenDateTimeFactory

from models.core.db import session
from models.core.directory import Municipality
from models.core.errors import Conflict, Invalid
from models.core.settings import Settings
from models.core.space import Space
from models.operations import applications as filing
from models.operations import direct_prints, direct_sending, printing
from models.papers.verification import SheetMismatch, page_texts
from models.queries import applications
from models.queries import direct_prints as seen
from models.queries import printers as seen_printers
from models.queries import printing as prints
from models.queries.direct_prints import DirectPrintView
from models.rules import direct_prints as rules
from models.rules.printers import Wanted
from scheduler.printing.sender import SheetSender
from tests.conftest import CITY
from tests.operations import installed
from tests.operations.test_booking import honcho
from tests.operations.test_printing import filed
from tests.scheduler.paper import PaperFolder, offline

BEN = "staff/ben"
JAM = "紙づまり・印字不良"
MUNICIPALITY = Municipality(CITY, "前庭市", "", ())
SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ADDRESS = "ipp://192.168.10.21/ipp/print"


class Desk:
    """Counter 1 with its printer, and whoever sends."""

    def __init__(self, settings: Settings, clock: FrozenDateTimeFactory, folder: Path) -> None:
        folder.mkdir()
        self.settings, self.clock, self.printer = settings, clock, PaperFolder(folder)
        wanted = Wanted("1番窓口のプリンター", ADDRESS, "", ("1",))
        self.number = installed.printer(honcho(), wanted)

    def ask(self, reference: str, reason: str = "") -> DirectPrintView:
        return direct_prints.ask(honcho(), reference, "1", BEN, reason)

    def send(self) -> int:
        """A sender comes by once; where it waits, the clock goes on."""
        if seen.work().stale:
            direct_sending.sweep()
        sender = SheetSender(self.settings, "test", self.printer.opened, self.clock.tick)
        count = sender.work_at(MUNICIPALITY, self.number)
        session().rollback()
        return count

    def now(self, asked: DirectPrintView) -> tuple[str, str]:
        """State and problem."""
        found = seen.by_id(honcho(), asked.id)
        return found.state, found.problem

    def names(self) -> list[str]:
        """The texts of the papers that came out."""
        return ["".join(page_texts(one.pdf)) for one in self.printer.papers()]


@pytest.fixture
def desk(city: Space, settings: Settings, clock: FrozenDateTimeFactory, tmp_path: Path) -> Desk:
    """Counter 1 of the city hall."""
    return Desk(settings, clock, tmp_path / "printer")


def state_of(form: filing.Filed) -> list[str]:
    """The states of an application's sheets."""
    return [one.state for one in prints.of_application(applications.by_token(form.token).id)]


def test_p4_a_sheet_is_asked_for_sent_and_confirmed(desk: Desk) -> None:
    form = filed()
    asked = desk.ask(form.reference)
    assert desk.ask(form.reference).id == asked.id
    assert desk.now(asked) == ("asked", "")
    assert desk.send() == 1
    assert desk.now(asked) == ("sent", "")
    assert [asked.print_id in text.replace("-", "") for text in desk.names()] == [True]
    direct_prints.confirm(honcho(), asked.id, BEN)
    assert state_of(form) == ["confirmed"]
    assert desk.send() == 0


@SQLITE
class TestAgain:
    def test_p4_a_sheet_that_nobody_sees_is_unclear_and_the_next_one_is_marked(self, desk: Desk) -> None:
        form = filed()
        asked = desk.ask(form.reference)
        desk.send()
        direct_prints.doubt(honcho(), asked.id, BEN)
        assert state_of(form) == ["unclear"]
        with pytest.raises(Invalid):
            desk.ask(form.reference)
        with pytest.raises(Conflict, match="理由"):
            printing.print_sheet(honcho(), form.reference, BEN)
        assert desk.ask(form.reference, JAM).copy == 2
        desk.send()
        assert sum("再発行1" in text for text in desk.names()) == 1
        direct_prints.confirm(honcho(), asked.id, BEN)
        assert state_of(form) == ["confirmed", "released"]

    def test_p4_without_a_word_from_the_counter_it_is_unclear(self, desk: Desk) -> None:
        asked = desk.ask(filed().reference)
        desk.send()
        desk.clock.tick(rules.ANSWER_WITHIN)
        desk.send()
        assert desk.now(asked) == ("unclear", "unanswered")

    def test_p4_a_page_that_knows_of_fewer_sheets_prints_nothing(self, desk: Desk) -> None:
        form = filed()
        desk.ask(form.reference)
        desk.send()
        with pytest.raises(Conflict):
            direct_prints.ask(honcho(), form.reference, "1", BEN, JAM, copies=0)

    def test_a_browser_prints_only_what_is_not_on_its_way(self, desk: Desk) -> None:
        form = filed()
        asked = desk.ask(form.reference)
        with pytest.raises(Conflict, match="取り消して"):
            printing.print_sheet(honcho(), form.reference, BEN)
        assert direct_prints.cancel(honcho(), asked.id, BEN)
        assert printing.print_sheet(honcho(), form.reference, BEN).job.copy == 1
        assert desk.send() == 0


@SQLITE
class TestTimeOuts:
    @pytest.mark.parametrize("point", ["look", "before opening", "opened"])
    def test_p3_before_the_document_a_time_out_hands_nothing_over(self, desk: Desk, point: str) -> None:
        asked = desk.ask(filed().reference)
        other = desk.ask(filed("裾野　太郎").reference)

        def slowly(at: str) -> None:
            if at == point:
                desk.clock.tick(rules.PREPARING)

        desk.printer.befalls = slowly
        desk.send()
        desk.printer.befalls = lambda _: None
        desk.send()
        assert desk.printer.papers() == []
        assert {desk.now(one)[0] for one in (asked, other)} == {"held"}

    def test_p3_a_job_that_hangs_is_taken_back_and_the_next_one_is_its_own(self, desk: Desk) -> None:
        mine, form = filed("前庭　愛子"), filed("裾野　太郎")
        asked = desk.ask(mine.reference)
        desk.printer.put("stuck")
        desk.send()
        assert desk.now(asked) == ("failed", "time_out")
        other = desk.ask(form.reference)
        desk.printer.mend("stuck")
        desk.send()
        assert desk.now(other) == ("sent", "")
        assert [("裾野太郎" in text, "前庭愛子" in text) for text in desk.names()] == [(True, False)]
        assert state_of(mine) == ["failed"]
        assert desk.ask(mine.reference).copy == 1

    def test_p3_a_job_that_hangs_half_way_is_unclear(self, desk: Desk) -> None:
        asked = desk.ask(filed().reference)
        desk.printer.put("working")
        desk.send()
        assert desk.now(asked) == ("unclear", "time_out")
        desk.printer.mend("working")
        assert desk.printer.papers() == []

    def test_p3_a_sheet_that_is_drawn_too_slowly_is_not_sent(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked, drawn = desk.ask(filed().reference), printing.drawn

        def slowly(*job: object) -> bytes:
            desk.clock.tick(rules.PREPARING)
            direct_sending.sweep()
            return drawn(*job)  # type: ignore[arg-type]

        monkeypatch.setattr(printing, "drawn", slowly)
        desk.send()
        assert desk.now(asked) == ("held", "broken_off")
        assert desk.printer.papers() == []

    def test_p1_a_sheet_of_somebody_else_fails_its_own_job(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def other(*_: object) -> bytes:
            raise SheetMismatch(reason="planted")

        form = filed()
        asked = desk.ask(form.reference)
        monkeypatch.setattr(printing, "drawn", other)
        desk.send()
        assert desk.now(asked) == ("failed", "not_drawn")
        assert state_of(form) == ["failed"]

    def test_p4_a_line_that_breaks_after_the_document_is_unclear_and_seen_to(self, desk: Desk) -> None:
        asked = desk.ask(filed().reference)
        desk.printer.put("stuck")
        gone = offline("asking")
        desk.printer.befalls = gone
        desk.send()
        assert desk.now(asked) == ("unclear", "offline")
        desk.clock.tick(rules.SETTLE_EVERY)
        desk.send()
        desk.printer.befalls = lambda _: None
        desk.clock.tick(rules.SETTLE_EVERY)
        assert seen.work().printers == (desk.number,)
        desk.send()
        assert seen.work().printers == ()
        desk.printer.mend("stuck")
        assert desk.printer.papers() == []


@SQLITE
class TestTrouble:
    def test_p6_without_paper_a_sheet_waits_for_the_clerks_word(self, desk: Desk) -> None:
        asked = desk.ask(filed().reference)
        desk.printer.put("no_paper")
        desk.send()
        assert desk.now(asked) == ("held", "no_paper")
        desk.printer.mend("no_paper")
        assert desk.send() == 0
        direct_prints.again(honcho(), asked.id, BEN)
        desk.send()
        assert desk.now(asked) == ("sent", "")

    def test_p6_what_waits_two_minutes_is_an_alarm(self, desk: Desk) -> None:
        desk.ask(filed().reference)
        assert seen.waiting(honcho()) == ()
        desk.printer.put("no_paper")
        desk.send()
        desk.clock.tick(timedelta(seconds=119))
        desk.ask(filed("裾野　太郎").reference)
        (one,) = seen.waiting(honcho())
        assert (one.problem, one.alarm, one.count) == ("no_paper", False, 1)
        desk.clock.tick(timedelta(seconds=1))
        assert seen.waiting(honcho())[0].alarm

    def test_p6_without_a_sender_it_waits_visibly_and_is_never_printed_late(self, desk: Desk) -> None:
        asked = desk.ask(filed().reference)
        desk.clock.tick(rules.FRESH)
        assert desk.now(asked) == ("held", "not_taken")
        assert desk.send() == 0
        desk.clock.tick(rules.LEFT_AFTER)
        desk.send()
        assert desk.now(asked) == ("cancelled", "left")
        with pytest.raises(Conflict):
            direct_prints.again(honcho(), asked.id, BEN)

    def test_p6_a_sheet_in_the_printer_is_taken_back_when_the_counter_cancels(self, desk: Desk) -> None:
        form = filed()
        asked = desk.ask(form.reference)
        desk.printer.put("stuck")

        def cancelled(at: str) -> None:
            if at == "asking" and desk.now(asked)[0] == "sending" and not seen.by_id(honcho(), asked.id).stop:
                assert not direct_prints.cancel(honcho(), asked.id, BEN)

        desk.printer.befalls = cancelled
        desk.send()
        assert desk.now(asked) == ("cancelled", "")
        desk.printer.mend("stuck")
        assert desk.printer.papers() == []
        assert desk.ask(form.reference).copy == 1

    def test_p6_a_busy_printer_is_asked_again_while_the_word_is_fresh(self, desk: Desk) -> None:
        asked = desk.ask(filed().reference)
        desk.printer.put("busy")
        desk.send()
        assert desk.now(asked) == ("asked", "busy")
        desk.clock.tick(rules.BUSY_PAUSE)
        desk.printer.mend("busy")
        desk.send()
        assert desk.now(asked) == ("sent", "")

    def test_another_printer_takes_nothing_over_from_the_one_before(self, desk: Desk) -> None:
        asked = desk.ask(filed().reference)
        elsewhere = Wanted("新しいプリンター", "ipp://192.168.10.22/ipp/print", "", ("1",))
        installed.printer(honcho(), elsewhere, instead_of=desk.number)
        assert desk.send() == 0
        with pytest.raises(Conflict, match="設定が変わりました"):
            direct_prints.again(honcho(), asked.id, BEN)


def test_p4_two_senders_take_one_sheet_once(desk: Desk) -> None:
    asked = desk.ask(filed().reference)
    assert direct_sending.claim(desk.number, "one") is not None
    assert direct_sending.claim(desk.number, "two") is None
    assert not direct_sending.begin(asked.id, "two", 7, b"")
    assert direct_sending.begin(asked.id, "one", 7, b"")
    assert not direct_sending.end(asked.id, "two", "sent")
    assert direct_sending.end(asked.id, "one", "sent")


@SQLITE
def test_a_look_begins_what_waits_and_the_end_waits_for_it(desk: Desk) -> None:
    asked = desk.ask(filed().reference)
    begun = threading.Event()
    desk.printer.befalls = lambda at: begun.set() if at == "opened" else None
    sender = SheetSender(desk.settings, "test", desk.printer.opened, desk.clock.tick)
    assert sender.look() == 1
    assert begun.wait(60)
    sender.finish()
    session().rollback()
    assert desk.now(asked) == ("sent", "")
    assert printers_seen(desk) == ""
    assert SheetSender(desk.settings, "test", desk.printer.opened).look() == 0


def printers_seen(desk: Desk) -> str:
    """What the look at a printer that was set just now found."""
    found = seen_printers.by_id(desk.number)
    assert found.looked_at is not None
    return found.problem
