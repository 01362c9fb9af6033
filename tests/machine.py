"""How a test run uses the machine.

Temporary files lie in memory where there is room, there is a worker more than processors, and nobody looks again and
again for garbage among what stays until the end.

A pytest plugin. Whoever sets TMPDIR, or says `--basetemp` or `-n 4`, has chosen otherwise.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

MEMORY = Path("/dev/shm")
ROOM = 6 * 2**30
"""Bytes that must be free: two workers with PostgreSQL and browsers need less than half of it."""

ALLOCATIONS = 20_000
"""So many new objects are looked through at once."""


def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder before anybody asks for one; workers inherit it. No example fails by being slow."""
    settings.register_profile(
        "crowded", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("crowded")
    if os.environ.get("TMPDIR") or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """A third of the time goes by waiting for browsers, servers and databases: another worker uses it."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Modules, tests and all that they know are no garbage: looking there anew costs a fifth of all the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, 20, 20)
