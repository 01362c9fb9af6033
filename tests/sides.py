"""A separated network in one process: an outside and an inside installation of the demo city."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from models.core.clock import now
from models.core.settings import Settings
from models.operations import pairing, sealing_keys
from models.operations.day_list_intake import Report
from tests.conftest import copied, inside
from tests.operations.test_booking import honcho

ACTOR = "officer"


@dataclass(frozen=True)
class Sides:
    """Both installations; nothing but bytes goes from one to the other."""

    outside: Settings
    inside: Settings

    def keys_from(self, settings: Settings) -> bytes:
        """The file of a side's public keys."""
        with inside(settings):
            return pairing.exported(honcho().day_of(now()), ACTOR)

    def print_of(self, settings: Settings) -> str:
        """What somebody reads on a side."""
        with inside(settings):
            return pairing.own_print()

    def pair(self) -> None:
        """Carry each side's public keys to the other one; two people compare their prints."""
        with inside(self.inside):
            sealing_keys.make_ahead(honcho().day_of(now()))
        for here, there in ((self.outside, self.inside), (self.inside, self.outside)):
            file, shown = self.keys_from(here), self.print_of(here)
            with inside(there):
                pairing.take_over(file, ACTOR, shown)


def counted(report: Report) -> dict[str, int]:
    """The kinds of a report that met something."""
    return {kind: count for kind, count in report.counts.items() if count}


@contextmanager
def sides(request: pytest.FixtureRequest, folder: Path, engine: str = "sqlite") -> Iterator[Sides]:
    """Two furnished installations that know nothing of one another yet."""
    template = request.getfixturevalue(f"{engine}_template")
    with (
        copied(template, folder / "outside", request) as outside,
        copied(template, folder / "inside", request) as within,
    ):
        yield Sides(
            replace(outside, side="outside", log_level="error"),
            replace(within, side="inside", log_level="error"),
        )
