"""How a test run uses the machine: temporary files in memory where there is room, and a worker more than processors.

A pytest plugin. Whoever sets TMPDIR, or says `--basetemp` or `-n 4`, has chosen otherwise.
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


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """A third of the time goes by waiting for browsers, servers and databases: another worker uses it."""
    return (os.cpu_count() or 1) + 1
