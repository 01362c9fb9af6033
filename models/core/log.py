"""Structured logs: one JSON object a line, only fields from a list, never personal data."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "request_id", "method", "route", "status", "milliseconds", "municipality",
        "office", "error", "job", "period", "count", "state", "print_id", "role", "where", "port", "version", "side",
        "place", "mac", "receipt",
    }
)  # fmt: skip


def only_allowed(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not on the list: a new one must be put there on purpose."""
    return {name: value for name, value in entry.items() if name in ALLOWED}


def configure(level: str) -> None:
    """Send everything to standard error as JSON lines; libraries' own chatter stays at warnings.

    A line is written at once with its end: processes of one house share the file.
    APScheduler warns of looks that it left out: work is found by what stands in the database, so nothing was lost.
    """
    written: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        only_allowed,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=written))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=written,
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def logger() -> Any:
    """The house's logger: `logger().info("booked", office="honcho")`."""
    return structlog.get_logger()
