"""What libraries say is a line like ours."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from models.core import log


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    handlers, level, ours = logging.root.handlers[:], logging.root.level, structlog.get_config()
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.configure(**ours)


def test_every_line_is_one_json_object_whoever_writes_it(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info")
    log.logger().info("booked", office="honcho", name="前庭　愛子")
    logging.getLogger("library").warning("hello %s\nthere", "you")
    logging.getLogger("apscheduler.scheduler").warning("Execution of job was skipped")
    try:
        raise ValueError("前庭　愛子")
    except ValueError:
        logging.getLogger("library").exception("broke")
    written = capsys.readouterr().err
    said = [(one["event"], one["level"]) for one in map(json.loads, written.splitlines())]
    assert said == [("booked", "info"), ("hello you\nthere", "warning"), ("broke", "error")]
    assert "愛子" not in written
