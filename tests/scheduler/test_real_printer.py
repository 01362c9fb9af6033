"""P6 and I11 against the real `ippeveprinter`: busy, without paper, jammed, standing still, off and on again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import select

from models.core.db import session
from models.core.directory import Municipality
from models.core.settings import Settings
from models.operations import direct_prints
from models.papers.verification import page_texts
from models.queries import direct_prints as seen
from models.rules.printers import Wanted
from models.tables import DirectPrint
from scheduler.printing import printer as talking
from scheduler.printing import sender as sending
from scheduler.printing.printer import Printer, Trouble
from scheduler.printing.sender import SheetSender
from tests.chromium import POLL
from tests.conftest import CITY, inside
from tests.operations import installed
from tests.operations.test_booking import honcho
from tests.operations.test_printing import filed
from tests.scheduler.real_printer import RealPrinter, real_printer, wait_for

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
MUNICIPALITY = Municipality(CITY, "前庭市", "", ())
HERE = frozenset({"127.0.0.1"})
BEN = "staff/ben"


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[RealPrinter]:
    """The printer of counter 1."""
    with real_printer(tmp_path / "printer") as found:
        yield found


class Counter:
    """Counter 1, its printer, and a sender beside it."""

    def __init__(self, settings: Settings, address: str, fingerprint: str = "") -> None:
        self.settings = replace(settings, allowed_hosts="127.0.0.1")
        wanted = Wanted("実物", address, fingerprint, ("1",))
        with inside(self.settings):
            self.number = installed.printer(honcho(), wanted)

    def ask(self, name: str = "前庭　愛子") -> int:
        with inside(self.settings):
            return direct_prints.ask(honcho(), filed(name).reference, "1", BEN).id

    def now(self, number: int) -> tuple[str, str]:
        with inside(self.settings):
            found = seen.by_id(honcho(), number)
            return found.state, found.problem

    def again(self, number: int) -> None:
        with inside(self.settings):
            direct_prints.again(honcho(), number, BEN)

    def cancel(self, number: int) -> bool:
        with inside(self.settings):
            return direct_prints.cancel(honcho(), number, BEN)

    def send(self) -> None:
        SheetSender(self.settings, "real").work_at(MUNICIPALITY, self.number)

    def begin(self) -> threading.Thread:
        """A sender that works beside the test."""
        thread = threading.Thread(target=self.send)
        thread.start()
        return thread


@pytest.fixture
def counter(settings: Settings, printer: RealPrinter) -> Iterator[Counter]:
    """Nobody is patient here: a printer that keeps silent for a second is out."""
    with (
        patch.object(talking, "ANSWER_SECONDS", 1.0),
        patch.object(sending, "POLL_SECONDS", 0.1),
        patch.object(sending, "ENDING_SECONDS", 0.5),
    ):
        yield Counter(settings, printer.address)


def test_p6_paper_no_paper_and_a_clerk_who_takes_the_sheet_back(
    counter: Counter, printer: RealPrinter
) -> None:
    first = counter.ask()
    counter.send()
    assert counter.now(first) == ("sent", "")
    (paper,) = printer.papers()
    assert "前庭愛子" in "".join(page_texts(paper))

    printer.sheets(0)
    second = counter.ask("裾野　太郎")
    thread = counter.begin()
    wait_for(lambda: counter.now(second) == ("sending", "no_paper"))
    printer.sheets(50)
    thread.join()
    assert counter.now(second) == ("sent", "")

    printer.sheets(0)
    third = counter.ask("三島　次郎")
    thread = counter.begin()
    wait_for(lambda: counter.now(third) == ("sending", "no_paper"))
    assert not counter.cancel(third)
    thread.join()
    assert counter.now(third)[0] == "unclear"
    printer.sheets(50)
    wait_for(lambda: Printer(printer.address, "", HERE).look() == "")
    assert sum("三島次郎" in "".join(page_texts(one)) for one in printer.papers()) == 0


def test_p6_a_jam_a_busy_printer_and_one_that_was_off(counter: Counter, printer: RealPrinter) -> None:
    printer.keep("jam")
    jammed, waits = counter.ask(), counter.ask("裾野　太郎")
    thread = counter.begin()
    wait_for(lambda: counter.now(jammed) == ("sending", "jam"))
    assert counter.now(waits) == ("asked", "")
    with pytest.raises(Trouble, match="busy"):
        Printer(printer.address, "", HERE).open_job("another")
    printer.keep("jam", on=False)
    thread.join()
    assert {counter.now(one) for one in (jammed, waits)} == {("sent", "")}

    printer.stop()
    third = counter.ask("三島　次郎")
    counter.send()
    assert counter.now(third) == ("held", "offline")
    printer.start()
    counter.send()
    assert len(printer.papers()) == 2
    counter.again(third)
    counter.send()
    assert counter.now(third) == ("sent", "")
    assert "三島次郎" in "".join(page_texts(printer.papers()[-1]))


def test_p6_a_printer_that_stands_still_and_goes_on(counter: Counter, printer: RealPrinter) -> None:
    printer.keep("slow")
    number = counter.ask()
    thread = counter.begin()
    wait_for(lambda: bool(_began(counter, number)))
    printer.freeze(on=True)
    assert not counter.cancel(number)
    thread.join()
    assert counter.now(number)[0] == "unclear"
    printer.freeze(on=False)
    counter.send()
    printer.keep("slow", on=False)
    talk = Printer(printer.address, "", HERE)
    wait_for(lambda: talk.job(_began(counter, number)).over)
    assert talk.job(_began(counter, number)).state == "ended"


def test_p6_a_sealed_talk_with_the_one_certificate_that_was_written_down(
    settings: Settings, printer: RealPrinter
) -> None:
    sealed = printer.address.replace("ipp:", "ipps:")
    counter = Counter(settings, sealed, printer.fingerprint())
    sheet = counter.ask()
    counter.send()
    assert counter.now(sheet) == ("sent", "")
    assert len(printer.papers()) == 1
    for wrong in ("0" * 64, ""):
        with pytest.raises(Trouble, match="offline"):
            Printer(sealed, wrong, HERE).look()


def test_i11_a_printer_is_called_in_the_house_only_and_leads_nowhere_else(engine: str) -> None:
    asked: list[str] = []

    class Leading(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(307)
            self.send_header("Location", f"http://127.0.0.1:{server.server_port}/other")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Leading) as server:
        threading.Thread(target=server.serve_forever, args=[POLL], daemon=True).start()
        for allowed in (frozenset(), frozenset({"192.168.10.21"})):
            with pytest.raises(Trouble, match="outside"):
                Printer(f"ipp://localhost:{server.server_port}/ipp/print", "", allowed).look()
        assert asked == []
        with pytest.raises(Trouble, match="refused"):
            Printer(f"ipp://127.0.0.1:{server.server_port}/ipp/print", "", HERE).look()
        server.shutdown()
    assert asked == ["/ipp/print"]


def _began(counter: Counter, number: int) -> int:
    """The printer's own number of a job; 0 before it has one."""
    with inside(counter.settings):
        return session().scalar(select(DirectPrint.remote).where(DirectPrint.id == number)) or 0
