"""The sender of sheets: it takes what counters want printed to their printers, one sheet a printer at a time.

A sheet is drawn for one talk, lies in that talk's memory only, and goes with it.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable

from models.core.db import ground, standing
from models.core.directory import Municipality
from models.core.settings import Settings
from models.core.space import entered
from models.operations import direct_sending, printers
from models.operations.direct_sending import Taken
from models.queries import direct_prints
from models.queries import printers as set_printers
from models.rules.direct_prints import FOLLOWING
from scheduler.printing.printer import Printer, Remote, Trouble
from scheduler.rounds import Rounds

POLL_SECONDS = 0.5
ENDING_SECONDS = 5.0
"""How long a printer may take to end a job that was taken back."""
Open = Callable[[str, str, frozenset[str]], Printer]


class SheetSender(Rounds[int]):
    """What takes sheets to printers."""

    name, threads = "sheets", 8

    def __init__(
        self,
        settings: Settings,
        holder: str,
        opening: Open = Printer,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        """Be ready to print for an installation; `holder` names this process in its claims."""
        super().__init__(settings, holder[:46])
        self._opening, self._wait = opening, wait

    def due(self) -> Iterable[int]:
        """The printers for which something waits, or whose state somebody wants to know; what is stale is ended."""
        work = direct_prints.work()
        if work.stale:
            direct_sending.sweep()
        return dict.fromkeys((*work.printers, *work.looks))

    def work_at(self, one: Municipality, printer: int) -> int:
        """Look at a printer where that is asked, see to what is left in it, and print what waits; how many sheets."""
        count = 0
        with standing(self._settings), entered(one.space):
            self._look_at(printer)
            for left in direct_sending.to_settle(printer):
                self._settle(left)
            while not self._ending.is_set():
                holder = f"{self._holder}/{secrets.token_hex(8)}"
                taken = direct_sending.claim(printer, holder)
                if taken is None:
                    break
                self.talk(taken, holder)
                count += 1
        return count

    def talk(self, taken: Taken, holder: str) -> None:
        """Print one taken sheet; whatever happens is noted for this sheet alone."""
        printer = self._opened(taken)
        try:
            remote = self._offered(printer, taken, holder)
            if remote is not None:
                self._followed(printer, taken, holder, remote)
        except Trouble as problem:
            if problem.reason == "busy":
                direct_sending.put_off(taken.number, holder, "busy")
            else:
                direct_sending.end(taken.number, holder, "held", problem.reason)
        finally:
            printer.close()

    def _offered(self, printer: Printer, taken: Taken, holder: str) -> int | None:
        """Tell the printer of the job and hand its document over; None where nothing was handed over.

        Raises `Trouble` only as long as the printer has nothing of it.
        """
        problem = printer.look()
        if problem:
            raise Trouble(problem)
        pdf = direct_sending.prepared(taken, holder)
        if pdf is None:
            return None
        remote = printer.open_job(taken.name)
        if not direct_sending.begin(taken.number, holder, remote, hashlib.sha256(pdf).digest()):
            direct_sending.end(taken.number, holder, "held", "time_out")
            printer.take_back(remote, taken.name)
            return None
        try:
            printer.hand_over(remote, pdf)
        except Trouble as trouble:
            self._given_up(printer, taken, holder, remote, trouble.reason)
            return None
        return remote

    def _followed(self, printer: Printer, taken: Taken, holder: str, remote: int) -> None:
        """Wait for the paper; when it takes too long, or the counter wants it back, take back this job and no other."""
        until, problem = time.monotonic() + FOLLOWING.total_seconds(), ""
        while time.monotonic() < until:
            try:
                found = printer.job(remote)
                problem = "" if found.over else found.problem or printer.look(slight=True)
            except Trouble as trouble:
                found, problem = Remote("printing"), trouble.reason
            if found.over:
                self._over(taken, holder, found, "refused")
                return
            word = direct_sending.note(taken.number, holder, problem)
            if word != "go on":
                self._given_up(printer, taken, holder, remote, "", stopped=word == "stop")
                return
            self._wait(POLL_SECONDS)
        self._given_up(printer, taken, holder, remote, problem or "time_out")

    def _given_up(
        self, printer: Printer, taken: Taken, holder: str, remote: int, problem: str, *, stopped: bool = False
    ) -> None:
        """Take a job back and note what is sure of it then."""
        found = Remote("printing")
        until = time.monotonic() + ENDING_SECONDS
        try:
            printer.take_back(remote, taken.name)
            found = printer.job(remote)
            while not found.over and time.monotonic() < until:
                self._wait(POLL_SECONDS)
                found = printer.job(remote)
        except Trouble as trouble:
            problem = problem or trouble.reason
        self._over(taken, holder, found, problem, stopped=stopped)

    def _over(self, taken: Taken, holder: str, found: Remote, problem: str, *, stopped: bool = False) -> None:
        """Note an end: surely on paper, surely not, or unclear."""
        if found.name not in ("", taken.name):
            found = Remote("unknown")
        if found.state == "done":
            direct_sending.end(taken.number, holder, "sent")
        elif found.state == "ended" and found.began is False:
            direct_sending.end(taken.number, holder, "cancelled" if stopped else "failed", problem)
        else:
            direct_sending.end(taken.number, holder, "unclear", problem, at_printer=not found.over)

    def _settle(self, left: Taken) -> None:
        """Take back what may still be in a printer; asked again later while the printer does not answer."""
        if left.remote is None:
            return
        printer = self._opened(left)
        try:
            printer.take_back(left.remote, left.name)
            found = printer.job(left.remote)
            if found.over or found.name != left.name:
                direct_sending.settled(left.number)
        except Trouble:
            return
        finally:
            printer.close()

    def _look_at(self, number: int) -> None:
        """Ask a printer how it is, where an administrator waits for the answer."""
        found = set_printers.by_id(number)
        if found.looked_at is not None or found.ended_at is not None:
            return
        problem = ""
        try:
            printer = self._opening(found.address, found.fingerprint, ground().settings.hosts_allowed)
            try:
                problem = printer.look()
            finally:
                printer.close()
        except Trouble as trouble:
            problem = trouble.reason
        printers.looked(number, problem)

    def _opened(self, taken: Taken) -> Printer:
        return self._opening(taken.address, taken.fingerprint, ground().settings.hosts_allowed)
