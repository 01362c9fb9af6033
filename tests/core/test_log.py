"""What libraries say is a line like ours."""

from __future__ import annotations

import io
import json
import logging
import sys
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


def test_a_line_is_one_write_so_that_processes_of_a_house_never_share_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[str] = []
    shared = io.StringIO()
    monkeypatch.setattr(shared, "write", written.append)
    monkeypatch.setattr(sys, "stderr", shared)
    log.configure("info")
    log.logger().info("booked", office="honcho")
    logging.getLogger("library").warning("hello")
    assert [json.loads(one)["event"] for one in written if one.endswith("\n")] == ["booked", "hello"]
    assert len(written) == 2
