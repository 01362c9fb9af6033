"""A hub of a fresh city."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from models.core.settings import Settings
from tests.conftest import inside
from tests.scheduler.streams import RunningHub, hub


@pytest.fixture
def running(settings: Settings) -> Iterator[RunningHub]:
    """A hub, and this thread inside the city that it serves."""
    with hub(settings) as found, inside(found.settings):
        yield found
