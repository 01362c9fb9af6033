"""A printer of files: what comes out lies in a folder, which outlives whoever printed, and any number may use."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scheduler.printing.printer import Printer, Remote, Trouble

Befalls = Callable[[str], None]


@dataclass(frozen=True)
class Paper:
    """One sheet that came out: the name of its job, and what stands on it."""

    name: str
    pdf: bytes


@dataclass
class PaperFolder:
    """The printer itself. `befalls` is called at each point of a talk, and may raise, wait or kill.

    A file `stuck` keeps jobs from being worked on, `working` from being ended, `busy` and
    `no_paper` from being taken.
    """

    folder: Path
    befalls: Befalls = lambda _: None

    def opened(self, *_: object) -> Talk:
        """As a sender opens a printer."""
        return Talk(self)

    def papers(self) -> list[Paper]:
        """Everything that came out so far."""
        names = {one.parent: one.read_text() for one in self.folder.glob("*/name")}
        return [
            Paper(name, (job / "paper").read_bytes())
            for job, name in names.items()
            if (job / "paper").exists()
        ]

    def put(self, trouble: str) -> None:
        """Bring the printer into trouble."""
        (self.folder / trouble).touch()

    def mend(self, trouble: str) -> None:
        """Bring it out of trouble: what it still has comes out."""
        (self.folder / trouble).unlink()
        for job in self.folder.glob("[0-9]*"):
            self.work(job)

    def troubled(self, trouble: str) -> bool:
        """Whether it is in this trouble."""
        return (self.folder / trouble).exists()

    def work(self, job: Path) -> None:
        """Print a job, if it has a document and may."""
        if (job / "document").exists() and not (job / "ended").exists() and not self.troubled("stuck"):
            (job / "began").touch()
            if not self.troubled("working"):
                os.link(job / "document", job / "paper")


class Talk(Printer):
    """One talk with it."""

    def __init__(self, printer: PaperFolder) -> None:
        self.of = printer

    def look(self, *, slight: bool = False) -> str:
        self.of.befalls("look")
        return "no_paper" if self.of.troubled("no_paper") else ""

    def open_job(self, name: str) -> int:
        self.of.befalls("before opening")
        if self.of.troubled("busy"):
            raise Trouble("busy")
        number = 1
        while True:
            try:
                (self.of.folder / str(number)).mkdir()
                break
            except FileExistsError:
                number += 1
        (self.of.folder / str(number) / "name").write_text(name)
        self.of.befalls("opened")
        return number

    def hand_over(self, number: int, pdf: bytes) -> None:
        self.of.befalls("before handing over")
        job = self.of.folder / str(number)
        (job / "coming").write_bytes(pdf)
        (job / "coming").rename(job / "document")
        self.of.work(job)
        self.of.befalls("handed over")

    def job(self, number: int) -> Remote:
        self.of.befalls("asking")
        job = self.of.folder / str(number)
        if not (job / "name").exists():
            return Remote("unknown")
        name, began = (job / "name").read_text(), (job / "began").exists()
        if (job / "paper").exists():
            return Remote("done", name, began)
        if (job / "ended").exists():
            return Remote("ended", name, began)
        return Remote("printing" if began else "waiting", name, began)

    def take_back(self, number: int, name: str) -> None:
        self.of.befalls("taking back")
        job = self.of.folder / str(number)
        found = self.job(number)
        if not found.over and found.name == name:
            (job / "ended").touch()

    def close(self) -> None:
        """Nothing is held open."""


def offline(point: str) -> Befalls:
    """A printer that is gone at one point."""

    def befalls(at: str) -> None:
        if at == point:
            raise Trouble("offline")

    return befalls
