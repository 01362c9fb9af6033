"""One talk with one printer: how it is, a job opened, its document handed over, how far it is, and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import requests

from models.rules import printers
from scheduler.guarded_connections import Guarded, led_elsewhere
from scheduler.printing import ipp
from scheduler.printing.ipp import Answer, Attribute, Attributes, Operation

CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 10.0
LONGEST_ANSWER = 256 * 1024
BUSY = (0x0505, 0x0506, 0x0507, 0x0509)
"""Temporary error, not accepting jobs, busy, too many jobs."""
NOT_FOUND = (0x0406, 0x0407)
PAGE = (
    Attribute(ipp.KEYWORD, "media", ("iso_a4_210x297mm",)),
    Attribute(ipp.KEYWORD, "sides", ("one-sided",)),
    Attribute(ipp.INTEGER, "copies", (1,)),
)
REASONS = (
    ("media-empty", "no_paper"), ("media-needed", "no_paper"), ("media-jam", "jam"), ("cover-open", "open"),
    ("door-open", "open"), ("interlock-open", "open"), ("shutdown", "offline"), ("offline", "offline"),
    ("connecting-to-device", "offline"), ("timed-out", "offline"), ("paused", "stopped"), ("stopped", "stopped"),
)  # fmt: skip
"""What a printer's reasons (RFC 8011, 5.4.12) mean at a counter, the plainest first."""
STANDS = 5
"""A printer's state when it stands still."""
STATES: Mapping[int, Literal["waiting", "printing", "stopped", "ended", "done"]] = {
    3: "waiting", 4: "waiting", 5: "printing", 6: "stopped", 7: "ended", 8: "ended", 9: "done",
}  # fmt: skip


class Trouble(Exception):
    """A printer does not do it; `reason` is one of `direct_prints.PROBLEMS`."""

    def __init__(self, reason: str) -> None:
        """Nothing of what it said is kept."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Remote:
    """A job as the printer knows it: `began` whether it was ever worked on, `pages` how many sides are out.

    Both are None where the printer does not say.
    """

    state: Literal["waiting", "printing", "stopped", "ended", "done", "unknown"]
    name: str = ""
    began: bool | None = None
    pages: int | None = None
    problem: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more will come out of it."""
        return self.state in ("ended", "done", "unknown")


class Printer:
    """A printer at the one address that an administrator set: nothing that it says leads anywhere else."""

    def __init__(self, address: str, fingerprint: str = "", allowed: frozenset[str] = frozenset()) -> None:
        """`allowed`: hosts outside the house's networks that the installation lets be called."""
        found = printers.parts(address)
        if found is None:
            raise Trouble("refused")
        self._address, self._http, self._number = address, found.http, 0
        self._session = requests.Session()
        self._session.trust_env = False
        adapter = _Adapter(fingerprint, free=found.host in allowed)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def look(self, *, slight: bool = False) -> str:
        """What keeps it from printing now; empty where nothing does. `slight`: also what does not stop it yet."""
        wanted = ("printer-state", "printer-state-reasons", "printer-is-accepting-jobs")
        found = self._ask(Operation.GET_PRINTER, requested(*wanted)).printer
        stands = number_of(found, "printer-state") == STANDS
        problem = problem_of(texts(found, "printer-state-reasons"), all_of_them=stands or slight)
        closed = found.get("printer-is-accepting-jobs") == [False]
        return problem or ("stopped" if stands or closed else "")

    def open_job(self, name: str) -> int:
        """Begin a job that has no document yet; the printer's number for it."""
        said = (*named(name), Attribute(ipp.BOOLEAN, "ipp-attribute-fidelity", (False,)))
        number = number_of(self._ask(Operation.CREATE_JOB, said, job=PAGE).job, "job-id")
        if number is None:
            raise Trouble("refused")
        return number

    def hand_over(self, number: int, pdf: bytes) -> None:
        """Give a job its one document. Whatever is raised, the printer may have all of it."""
        said = (
            Attribute(ipp.INTEGER, "job-id", (number,)),
            WHO,
            Attribute(ipp.MIME, "document-format", ("application/pdf",)),
            Attribute(ipp.BOOLEAN, "last-document", (True,)),
        )
        self._ask(Operation.SEND_DOCUMENT, said, document=pdf)

    def job(self, number: int) -> Remote:
        """How far a job is."""
        wanted = (
            "job-state",
            "job-state-reasons",
            "job-name",
            "job-impressions-completed",
            "time-at-processing",
        )
        said = (Attribute(ipp.INTEGER, "job-id", (number,)), WHO, *requested(*wanted))
        try:
            return remote(self._ask(Operation.GET_JOB, said).job)
        except Unknown:
            return Remote("unknown")

    def take_back(self, number: int, name: str) -> None:
        """Ask it to cancel a job. Another's job under this number is left alone."""
        found = self.job(number)
        if not found.over and found.name == name:
            with suppress(Unknown):
                self._ask(Operation.CANCEL_JOB, (Attribute(ipp.INTEGER, "job-id", (number,)), WHO))

    def close(self) -> None:
        """The talk is over."""
        self._session.close()

    def _ask(
        self,
        operation: Operation,
        attributes: Sequence[Attribute],
        job: Sequence[Attribute] = (),
        document: bytes = b"",
    ) -> Answer:
        self._number += 1
        where = Attribute(ipp.URI, "printer-uri", (self._address,))
        body = ipp.request(operation, self._number, (where, *attributes), job) + document
        try:
            found = ipp.answer(self._posted(body))
        except ipp.Malformed as problem:
            raise Trouble("refused") from problem
        except (requests.RequestException, OSError) as problem:
            raise Trouble("outside" if led_elsewhere(problem) else "offline") from None
        if found.status in NOT_FOUND and operation in (Operation.GET_JOB, Operation.CANCEL_JOB):
            raise Unknown("refused")
        if not found.good and operation is not Operation.CANCEL_JOB:
            raise Trouble("busy" if found.status in BUSY else "refused")
        return found

    def _posted(self, body: bytes) -> bytes:
        with self._session.post(
            self._http,
            data=body,
            headers={"Content-Type": "application/ipp", "Accept-Encoding": "identity"},
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as heard:
            if heard.status_code in (503, 429):
                raise Trouble("busy")
            if heard.status_code != 200:
                raise Trouble("refused")
            said = b""
            for piece in heard.iter_content(16 * 1024):
                said += piece
                if len(said) > LONGEST_ANSWER:
                    raise Trouble("refused")
            return said


class Unknown(Trouble):
    """The printer knows no such job (any more)."""


WHO = Attribute(ipp.NAME, "requesting-user-name", ("maeniwa",))


def named(name: str) -> tuple[Attribute, ...]:
    """Who prints, and under which name: never a person's."""
    return (WHO, Attribute(ipp.NAME, "job-name", (name,)))


def requested(*names: str) -> tuple[Attribute, ...]:
    """Which attributes the answer is to hold."""
    return (Attribute(ipp.KEYWORD, "requested-attributes", names),)


def texts(found: Attributes, name: str) -> tuple[str, ...]:
    """The texts of an attribute."""
    return tuple(one for one in found.get(name, ()) if isinstance(one, str))


def number_of(found: Attributes, name: str) -> int | None:
    """The one number of an attribute; None without one."""
    numbers = [one for one in found.get(name, ()) if isinstance(one, int) and not isinstance(one, bool)]
    return numbers[0] if numbers else None


def problem_of(reasons: Sequence[str], *, all_of_them: bool = False) -> str:
    """What a printer's reasons mean at a counter. What it only warns of stops nothing, nor does one empty tray."""
    met = [one for one in reasons if all_of_them or not one.endswith(("-report", "-warning", "media-empty"))]
    return next((ours for theirs, ours in REASONS for one in met if theirs in one), "")


def remote(found: Attributes) -> Remote:
    """A job's attributes in our words."""
    began = found.get("time-at-processing", [])
    return Remote(
        state=STATES.get(number_of(found, "job-state") or 0, "unknown"),
        name=next(iter(texts(found, "job-name")), ""),
        began=isinstance(began[0], int) if began else None,
        pages=number_of(found, "job-impressions-completed"),
        problem=problem_of(texts(found, "job-state-reasons"), all_of_them=True),
    )


class _Adapter(Guarded):
    """In the house only, unless `free`, and only to the one certificate that was written down."""

    def __init__(self, fingerprint: str, *, free: bool) -> None:
        self._fingerprint = fingerprint
        super().__init__((lambda _: True) if free else printers.in_house)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        if self._fingerprint:
            kwargs |= {"assert_fingerprint": self._fingerprint, "assert_hostname": False}
        super().init_poolmanager(*args, **kwargs)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        super().cert_verify(conn, url, verify and not self._fingerprint, cert)
