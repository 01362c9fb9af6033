"""P6: a receipt printer without paper, open, away, or cut off in the middle: one slip a job, or nobody is told one."""

from __future__ import annotations

import socket

import pytest

from kiosk.agent.printing import PRINTED, failed, unclear
from kiosk.agent.receipt_line import Patience
from kiosk.agent.receipt_printer import LAST_ROWS, ReceiptPrinter
from models.papers.slip import dots
from tests.kiosk.agent import receipt_printer as emulator
from tests.kiosk.agent.receipt_printer import receipt_printer
from tests.papers.slips import ADDRESS, ENGLISH, SLIPS, TICKET

QUICK = Patience(connect=2.0, answer=0.2, progress=0.8)
ROWS = dots(TICKET, "80").height
LAST = ROWS - LAST_ROWS


@pytest.fixture
def paper():
    with receipt_printer() as printer:
        yield printer


@pytest.fixture
def driver(paper: emulator.ReceiptPrinter) -> ReceiptPrinter:
    return ReceiptPrinter("127.0.0.1", paper.port, "80", QUICK)


@pytest.mark.parametrize("name", SLIPS)
@pytest.mark.parametrize("roll", ["58", "80"])
def test_the_paper_shows_exactly_the_dots_and_is_cut(paper, name, roll):
    assert ReceiptPrinter("127.0.0.1", paper.port, roll, QUICK).print_slip(SLIPS[name]) == PRINTED
    assert len(paper.papers) == 1
    assert paper.sheet.rows == []
    assert paper.papers[0].picture().tobytes() == dots(SLIPS[name], roll).tobytes()
    assert paper.whole_slips() == [SLIPS[name].qr]


def test_without_paper_nothing_is_printed_and_the_cause_is_known(paper, driver):
    paper.paper_rows = 0
    assert driver.problem() == "paper_out"
    assert driver.print_slip(TICKET) == failed("paper_out")
    paper.refill()
    assert driver.problem() == ""
    assert paper.whole_slips() == []
    assert paper.sheet.rows == []


def test_an_open_cover_is_told_from_missing_paper(paper, driver):
    paper.cover = True
    assert driver.problem() == "cover_open"
    assert driver.print_slip(TICKET) == failed("cover_open")


def test_a_printer_that_is_switched_off_or_answers_nothing_is_offline(paper, driver):
    paper.silent = True
    assert driver.print_slip(TICKET) == failed("offline")
    paper.stop()
    assert driver.problem() == "offline"
    assert driver.print_slip(TICKET) == failed("offline")


def test_a_line_that_hangs_up_at_once_is_offline(paper, driver):
    paper.refuses = True
    assert driver.print_slip(TICKET) == failed("offline")


@pytest.mark.parametrize("rows", [1, 90, 300, 700, LAST - 1])
def test_paper_that_ends_in_the_middle_gives_one_whole_slip_after_the_persons_press(paper, driver, rows):
    paper.paper_rows = rows
    assert driver.print_slip(TICKET) == failed("paper_out")
    paper.refill()
    assert driver.print_slip(TICKET) == PRINTED
    assert paper.whole_slips() == [ADDRESS]


@pytest.mark.parametrize("rows", [LAST + 1, ROWS - 150, ROWS - 20])
def test_paper_that_ends_within_the_last_piece_is_unclear_and_nothing_comes_out_later(paper, driver, rows):
    paper.paper_rows = rows
    assert driver.print_slip(TICKET) == unclear("paper_out")
    before = len(paper.sheet.rows)
    paper.refill()
    assert len(paper.sheet.rows) == before


@pytest.mark.parametrize("rows", [1, 300, LAST - 1])
def test_the_rest_of_a_slip_that_the_printer_kept_is_no_whole_slip(paper, driver, rows):
    paper.keeps = True
    paper.paper_rows = rows
    assert driver.print_slip(TICKET) == failed("paper_out")
    paper.refill()
    assert paper.whole_slips() == []


def test_a_last_piece_that_the_printer_may_still_print_is_unclear(paper, driver):
    paper.keeps = True
    paper.paper_rows = LAST + 20
    assert driver.print_slip(TICKET) == unclear("paper_out")
    paper.refill()
    assert paper.whole_slips() == [ADDRESS]


def test_a_cover_opened_in_the_middle_is_said(paper, driver):
    paper.at(200, lambda: setattr(paper, "cover", True))
    assert driver.print_slip(TICKET) == failed("cover_open")


@pytest.mark.parametrize("rows", [1, 100, 500, LAST - 1])
def test_a_line_cut_in_the_middle_is_a_failure_and_the_next_slip_is_clean(paper, driver, rows):
    paper.at(rows, paper.hang_up)
    assert driver.print_slip(TICKET) == failed("cut")
    assert driver.print_slip(ENGLISH) == PRINTED
    assert paper.papers[-1].picture().tobytes() == dots(ENGLISH, "80").tobytes()
    assert paper.whole_slips() == [ENGLISH.qr]


@pytest.mark.parametrize("rows", [LAST + 1, ROWS])
def test_a_line_cut_within_the_last_piece_is_unclear(paper, driver, rows):
    paper.at(rows, paper.hang_up)
    assert driver.print_slip(TICKET) == unclear("cut")
    assert len(paper.whole_slips()) <= 1


def test_a_picture_that_the_printer_still_waits_for_does_not_swallow_the_next_slip(paper, driver):
    paper._buffer = b"\x1dv0\x00\x48\x00\xf0\x00" + b"\x01" * 100
    driver.settle = True
    assert driver.print_slip(TICKET) == PRINTED
    assert paper.whole_slips() == [ADDRESS]


def test_a_printer_that_never_says_that_it_printed_is_not_believed(paper, driver):
    paper.deaf = True
    assert driver.print_slip(TICKET) == failed("offline")
    assert paper.whole_slips() == []


def test_a_printer_that_falls_silent_within_the_last_piece_is_unclear(paper, driver):
    paper.at(LAST + 5, lambda: setattr(paper, "deaf", True))
    assert driver.print_slip(TICKET) == unclear()


def test_dots_that_look_like_commands_are_only_dots(paper):
    """What is inside a picture reaches the paper as it is, also where it reads like a status request."""
    dots_of_a_row = b"\x10\x04\x01\x10\x14\x08"
    picture = b"\x1b@\x1dv0\x00\x06\x00\x64\x00" + dots_of_a_row * 100
    with socket.create_connection(("127.0.0.1", paper.port), 2) as line:
        line.sendall(picture + b"\x1dV\x00\x10\x04\x01")
        assert line.recv(16) == b"\x12"
    assert [one.rows for one in paper.papers] == [[dots_of_a_row] * 100]
