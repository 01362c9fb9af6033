"""Real processes of `maeniwa` for tests: started with a clean environment, always ended."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from scheduler.household import free_port
from scheduler.refusals import NotDone

COMMAND = (sys.executable, "-P", "-m", "scheduler.commands.main")
PATIENCE = 60
SHOWN = 4000
"""Letters of a log that a failure shows."""


def environment(**extra: str) -> dict[str, str]:
    """This process's environment without settings of the product, and with `extra`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAENIWA_")}
    return kept | {"PYTHONUTF8": "1"} | extra


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(**settings),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


@dataclass
class House:
    """A running `maeniwa serve`: what it printed, and its whole process tree."""

    process: subprocess.Popen[str]
    log: Path
    lines: list[str] = field(default_factory=list)

    @property
    def tree(self) -> list[psutil.Process]:
        """Every process below it."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def address_of(self, audience: str) -> str:
        """The first page of an audience as it was printed."""
        return next(line.split()[-1] for line in self.lines if line.split()[:1] == [audience])

    @property
    def base(self) -> str:
        """Where residents begin, without the slash."""
        return self.address_of("Residents").rstrip("/")

    def read_until_ready(self) -> None:
        """Read its lines until it says that it is ready."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("Ready"):
                return
        said = self.log.read_text(encoding="utf-8", errors="replace")[-SHOWN:]
        raise AssertionError(f"ended with {self.process.wait()} before it was ready: {said}")


def port_of_a_house() -> int:
    """A free port with a free one after it, below those that the system gives to everybody else meanwhile."""
    while True:
        port = random.randrange(20_000, 32_000, 2)
        with suppress(NotDone):
            free_port("127.0.0.1", port)
            return free_port("127.0.0.1", port + 1) - 1


@contextmanager
def serving(instance: Path, *options: str, log: Path, **settings: str) -> Iterator[House]:
    """A house that is ready on a free port; nothing of it is left afterwards."""
    with log.open("a", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port_of_a_house()), "--instance", str(instance), *options],
            env=environment(**settings),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
        )
        house = House(process, log)
        try:
            house.read_until_ready()
            yield house
        finally:
            left = [*house.tree, psutil.Process(process.pid)] if process.poll() is None else []
            for one in left:
                try:
                    one.kill()
                except psutil.NoSuchProcess:
                    continue
            process.wait(PATIENCE)
            assert process.stdout
            process.stdout.close()
