"""F3: a really full disk: a file system of a few megabytes, mounted by an ordinary user in a namespace of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Template
from tests.security.full_disk import SCENES

MEGABYTES = 32
ALONE = ("unshare", "--user", "--map-root-user", "--mount")
MOUNTED = 'mount -t tmpfs -o size="$1" tmpfs "$2" && cp -r "$3/." "$2" && shift 3 && exec "$@"'


def can_mount(folder: Path) -> bool:
    """Whether this system lets an ordinary user mount within a namespace."""
    asked = [*ALONE, "mount", "-t", "tmpfs", "tmpfs", str(folder)]
    return shutil.which("unshare") is not None and subprocess.run(asked, capture_output=True).returncode == 0


def test_f3_on_a_full_disk_all_is_refused_nothing_is_halved_and_it_goes_on_afterwards(
    sqlite_template: Template, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if not can_mount(disk):
        pytest.skip("F3 NOT SHOWN: this system lets nobody mount a small disk (user namespaces are closed)")
    script = [sys.executable, "-m", "tests.security.full_disk", str(disk)]
    size = f"{MEGABYTES}m"
    played = subprocess.run(
        [*ALONE, "sh", "-c", MOUNTED, "sh", size, str(disk), str(sqlite_template.folder), *script],
        cwd=Path(__file__).parents[2], env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert played.returncode == 0, played.stderr
    assert [line.split()[1] for line in played.stdout.splitlines() if line.startswith("shown")] == [
        scene.__name__ for scene in SCENES
    ]
