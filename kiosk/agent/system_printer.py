"""Any printer that the system knows: the slip as PDF, handed to `lp`; on Windows by the print verb.

With `lp` a slip that does not come out is taken back out of the system's queue: what stays there would be printed when
somebody puts paper in, long after its person has gone. Windows only says that it took the job, and that counts.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.agent.printing import PRINTED, Outcome, failed, unclear
from models.papers.slip import NotASlip, Paper, SlipData, pdf

REQUEST = re.compile(r"request id is (\S+-\d+)")
ALERTS = (("paper_out", ("media-empty", "media-needed")), ("cover_open", ("cover-open", "door-open")))
COMMAND_SECONDS = 10
KEPT_SECONDS = 120
"""How long Windows' program may still read the file that it was given."""


class SystemPrinter:
    """`system:QUEUE`, on a roll of 58 or 80 mm or A6 sheets."""

    def __init__(self, queue: str, paper: Paper, patience: float = 25.0) -> None:
        """`patience`: seconds until a slip that did not come out is taken back."""
        self._queue, self._paper, self._patience = queue, paper, patience

    def problem(self) -> str:
        """What the system says is wrong with the printer; Windows says nothing."""
        if sys.platform == "win32":
            return ""
        return _problem(*_told("lpstat", "-l", "-p", self._queue))

    def print_slip(self, slip: SlipData) -> Outcome:
        """Print one slip; `failed` where it could be taken back before the printer began."""
        try:
            drawn = pdf(slip, self._paper)
        except NotASlip:
            return failed("not_drawn")
        if sys.platform == "win32":
            return _by_verb(self._queue, drawn)
        wrong = self.problem()
        if wrong:
            return failed(wrong)
        with _file(drawn) as path:
            code, said = _told("lp", "-d", self._queue, "-t", "slip", "--", str(path))
        request = REQUEST.search(said)
        if code or request is None:
            return failed("offline")
        return self._followed(request[1])

    def _followed(self, request: str) -> Outcome:
        """Wait until the job has left the queue; take it back where it does not."""
        until = time.monotonic() + self._patience
        begun = False
        while time.monotonic() < until:
            code, waiting = _told("lpstat", "-W", "not-completed", "-o", self._queue)
            if code == 0 and request not in waiting.split():
                return PRINTED
            _, state = _told("lpstat", "-l", "-p", self._queue)
            begun = begun or f"now printing {request}" in state
            if _problem(0, state) not in ("", "offline"):
                break
            time.sleep(0.25)
        return self._taken_back(request, begun)

    def _taken_back(self, request: str, begun: bool) -> Outcome:
        wrong = self.problem() or "offline"
        code, _ = _told("cancel", request)
        return unclear(wrong) if code or begun else failed(wrong)


def _problem(code: int, state: str) -> str:
    words = state.lower()
    for problem, reasons in ALERTS:
        if any(reason in words for reason in reasons):
            return problem
    unwell = code or "disabled" in words or "offline" in words or not words.strip()
    return "offline" if unwell else ""


def _told(*command: str) -> tuple[int, str]:
    """A program's exit status and what it said, in English; 127 where there is none or it does not end."""
    try:
        done = subprocess.run(  # noqa: S603  (no shell; the queue's name was given at the start)
            command,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return 127, ""
    return done.returncode, done.stdout


@contextmanager
def _file(drawn: bytes) -> Iterator[Path]:
    """A file that only this user can read, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="slip-") as folder:
        path = Path(folder) / "slip.pdf"
        path.write_bytes(drawn)
        yield path


def _by_verb(queue: str, drawn: bytes) -> Outcome:
    if sys.platform != "win32":
        return failed("offline")
    folder = Path(tempfile.mkdtemp(prefix="slip-"))
    path = folder / "slip.pdf"
    path.write_bytes(drawn)
    try:
        os.startfile(path, "printto", f'"{queue}"')  # noqa: S606  (the system's own print verb)
    except OSError:
        return failed("offline")
    _forget_later(path)
    return PRINTED


def _forget_later(path: Path) -> None:
    """Remove what Windows' program has read by then."""
    import_free = f"import time,shutil;time.sleep({KEPT_SECONDS});shutil.rmtree({str(path.parent)!r},True)"
    subprocess.Popen([sys.executable, "-c", import_free])  # noqa: S603  (our own words)
