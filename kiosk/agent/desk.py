"""One job after the other, each once: what the page may ask of the printer, apart from how it asks."""

from __future__ import annotations

import re
import threading
from typing import Any

from kiosk.agent.journal import Entry, Journal
from kiosk.agent.printing import Outcome, Printer, failed, unclear
from kiosk.agent.receipt_printer import ReceiptPrinter
from models.papers import slip as slips

JOB = re.compile(r"[A-Za-z0-9-]{1,64}")


class Desk:
    """Takes jobs and prints them; a job is printed once unless a person presses again after a failure."""

    def __init__(self, printer: Printer, journal: Journal) -> None:
        """`journal` says what was printed before this process."""
        self._printer, self._journal = printer, journal
        self._printing = threading.Lock()
        if isinstance(printer, ReceiptPrinter):
            printer.settle = journal.broken_off()

    def state(self, job: str) -> Entry | None:
        """What is known of a job."""
        return self._journal.of(job)

    def problem(self) -> str:
        """What is wrong with the printer; empty while it prints, because it may not listen to two at once."""
        if not self._printing.acquire(blocking=False):
            return ""
        try:
            return self._printer.problem()
        finally:
            self._printing.release()

    def take(self, job: str, sent: Any, again: bool = False) -> Entry:
        """Print a slip, and say how that ended; what was taken before is only told, not printed.

        Raises `NotASlip` where the data is none: nothing is kept of that.
        """
        slip = slips.read(sent)
        if not JOB.fullmatch(job):
            raise slips.NotASlip
        if self._journal.accept(job, again):
            with self._printing:
                self._journal.start(job)
                self._journal.end(job, self._outcome(slip))
        return self._journal.of(job) or Entry(job, "asked", "")

    def _outcome(self, slip: slips.SlipData) -> Outcome:
        try:
            return self._printer.print_slip(slip)
        except slips.NotASlip:
            return failed("not_drawn")
        except Exception:
            return unclear()  # whatever a driver does: nobody knows what is on paper
