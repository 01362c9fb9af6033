"""T3: the machine's time zone changes nothing: the same day is played under some of them, in their own processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Template
from tests.races.crowd import FULL, SECONDS

ROOT = Path(__file__).parents[2]
ZONES = ("America/Los_Angeles", "Asia/Tokyo", "UTC") if FULL else ("America/Los_Angeles", "Asia/Tokyo")


def played(template: Template, folder: Path, zone: str) -> subprocess.Popen[str]:
    """A day that is played on a machine in this zone."""
    shutil.copytree(template.folder, folder)
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.time.played_doors", str(folder)],
        cwd=ROOT,
        env={**os.environ, "TZ": zone},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str], zone: str) -> dict[str, list[str]]:
    """What the line and the doors of its day print."""
    out, problems = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, problems
    lines = out.splitlines()
    assert lines.pop() == zone
    doors = lines.index("")
    return {"line": lines[:doors], "doors": lines[doors + 1 :]}


@pytest.fixture(scope="module")
def zones(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, list[str]]]:
    """The same day in every zone, at the same time."""
    folder = tmp_path_factory.mktemp("zones")
    days = [played(sqlite_template, folder / str(at), zone) for at, zone in enumerate(ZONES)]
    try:
        return [said(day, zone) for day, zone in zip(days, ZONES, strict=True)]
    finally:
        for day in days:
            day.kill()


def test_t3_the_line_is_the_same_in_every_zone(zones: list[dict[str, list[str]]]) -> None:
    first, *others = (zone["line"] for zone in zones)
    assert len(first) > 10
    for other in others:
        assert other == first
    assert any("2026-11-25" in one for one in first), "midnight did not pass"


def test_t3_pages_calls_prints_exports_and_jobs_are_the_same_in_every_zone(
    zones: list[dict[str, list[str]]],
) -> None:
    first, *others = (zone["doors"] for zone in zones)
    answered = [one.split()[1] for one in first if one.startswith("/")]
    assert len(answered) > 20
    assert set(answered) == {"200"}
    for other in others:
        assert other == first
    assert any("2026-11-25T15:00:00+00:00" in one or "11月26日" in one for one in first)
