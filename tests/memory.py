"""Temporary files of a test run lie in memory where the system offers room for them: no test waits for a disk.

A pytest plugin. Whoever sets TMPDIR or says `--basetemp` has chosen otherwise. pytest clears away what passed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")
ROOM = 6 * 2**30
"""Bytes that must be free: two workers with PostgreSQL and browsers need less than half of it."""


def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder before anybody asks for one; workers inherit it."""
    if os.environ.get("TMPDIR") or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None
