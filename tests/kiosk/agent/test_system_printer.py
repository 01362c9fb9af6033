"""P6: any printer of the system, through programs that behave as `lp`, `lpstat` and `cancel` do."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pypdfium2
import pytest

from kiosk.agent.printing import PRINTED, failed, unclear
from kiosk.agent.system_printer import SystemPrinter
from tests.papers.slips import TICKET

pytestmark = pytest.mark.skipif(os.name != "posix", reason="lp")
PROGRAM = """#!{python}
import json, shutil, sys
from pathlib import Path
home = Path({home!r})
state = json.loads((home / "state").read_text())
name, words = Path(sys.argv[0]).name, sys.argv[1:]
with (home / "calls").open("a") as file:
    file.write(json.dumps([name, *words]) + "\\n")
if name == "lp":
    if state["refuses"]:
        sys.exit("lp: Error - The printer or class does not exist.")
    shutil.copy(words[-1], home / "printed.pdf")
    print("request id is RECEIPT-7 (1 file(s))")
elif name == "cancel":
    sys.exit(state["cancel"])
elif "-o" in words:
    if state["stays"]:
        print("RECEIPT-7   kiosk   1024   Tue 24 Nov 2026 09:05:00 AM JST")
else:
    print(state["printer"])
"""
IDLE = "printer RECEIPT is idle.  enabled since Tue 24 Nov 2026 08:00:00 AM JST"
EMPTY = IDLE + "\n\tForm mounted:\n\tAlerts: media-empty-error"


@pytest.fixture
def spooler(tmp_path, monkeypatch):
    """Sets what the spooler's programs say; its `calls()` are what they were asked."""
    for name in ("lp", "lpstat", "cancel"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(PROGRAM.format(python=sys.executable, home=str(tmp_path)), encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    class Spooler:
        folder = tmp_path

        def says(
            self, printer: str = IDLE, stays: bool = False, refuses: bool = False, cancel: int = 0
        ) -> None:
            state = {"printer": printer, "stays": stays, "refuses": refuses, "cancel": cancel}
            (tmp_path / "state").write_text(json.dumps(state), encoding="utf-8")

        def calls(self, name: str) -> list[list[str]]:
            lines = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
            return [call for call in map(json.loads, lines) if call[0] == name]

    made = Spooler()
    made.says()
    return made


@pytest.fixture
def printer():
    return SystemPrinter("RECEIPT", "58", patience=0.6)


def test_the_pdf_goes_to_the_queue_and_counts_once_it_has_left_it(spooler, printer):
    assert printer.problem() == ""
    assert printer.print_slip(TICKET) == PRINTED
    [call] = spooler.calls("lp")
    assert call[:5] == ["lp", "-d", "RECEIPT", "-t", "slip"]
    with pypdfium2.PdfDocument(spooler.folder / "printed.pdf") as document:
        assert round(document[0].get_width() / 72 * 25.4) == 58
    assert not Path(call[-1]).exists()


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (EMPTY, "paper_out"),
        (IDLE + "\n\tAlerts: cover-open", "cover_open"),
        ("printer RECEIPT disabled since Tue 24 Nov 2026 -\n\tPaused", "offline"),
        (IDLE + "\n\tAlerts: offline-report", "offline"),
        ("", "offline"),
    ],
)
def test_what_is_wrong_is_known_before_anything_is_handed_over(spooler, printer, said, problem):
    spooler.says(printer=said)
    assert printer.problem() == problem
    assert printer.print_slip(TICKET) == failed(problem)
    assert spooler.calls("lp") == []


def test_a_slip_that_does_not_come_out_is_taken_back_from_the_queue(spooler, printer):
    spooler.says(stays=True)
    assert printer.print_slip(TICKET) == failed("offline")
    assert spooler.calls("cancel") == [["cancel", "RECEIPT-7"]]


def test_a_slip_that_had_begun_or_cannot_be_taken_back_is_unclear(spooler, printer):
    spooler.says(printer="printer RECEIPT now printing RECEIPT-7.  enabled since x", stays=True)
    assert printer.print_slip(TICKET) == unclear("offline")
    spooler.says(stays=True, cancel=1)
    assert printer.print_slip(TICKET) == unclear("offline")


def test_a_queue_that_takes_nothing_is_offline(spooler, printer):
    spooler.says(refuses=True)
    assert printer.print_slip(TICKET) == failed("offline")


def test_without_any_spooler_it_is_offline(printer, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert printer.problem() == "offline"
    assert printer.print_slip(TICKET) == failed("offline")
