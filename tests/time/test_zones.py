"""T3: the machine's time zone changes nothing: the same day is played under three of them, in their own processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Template

ROOT = Path(__file__).parents[2]
ZONES = ("UTC", "America/Los_Angeles", "Asia/Tokyo")


def said(template: Template, folder: Path, zone: str) -> dict[str, list[str]]:
    """What the line and the doors of a played day print on a machine in this zone."""
    shutil.copytree(template.folder, folder)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.time.played_doors", str(folder)],
        cwd=ROOT,
        env={**os.environ, "TZ": zone},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines.pop() == zone
    doors = lines.index("")
    return {"line": lines[:doors], "doors": lines[doors + 1 :]}


@pytest.fixture(scope="module")
def zones(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, list[str]]]:
    """The same day in every zone."""
    folder = tmp_path_factory.mktemp("zones")
    return [said(sqlite_template, folder / str(at), zone) for at, zone in enumerate(ZONES)]


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
