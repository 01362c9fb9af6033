"""A printer by the address that somebody typed."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args
from urllib.parse import SplitResult, parse_qs, urlsplit

from kiosk.agent.folder_printer import FolderPrinter
from kiosk.agent.printing import Printer
from kiosk.agent.receipt_printer import ReceiptPrinter
from kiosk.agent.system_printer import SystemPrinter
from models.papers.slip import Paper, Roll

RECEIPT_PORT = 9100
EXAMPLES = "escpos://HOST:9100?width=80, system:QUEUE?paper=80, file:DIR"


class BadAddress(ValueError):
    """No printer has this address; the text says which ones there are."""


def printer_at(address: str) -> Printer:
    """The printer at `escpos://HOST[:PORT][?width=58|80]`, `system:QUEUE[?paper=58|80|A6]` or `file:DIR[?width=…]`."""
    try:
        parts = urlsplit(address)
        return _made(parts)
    except ValueError as problem:
        raise BadAddress(f"{address}: write {EXAMPLES}") from problem


def _made(parts: SplitResult) -> Printer:
    if parts.scheme == "escpos" and parts.hostname:
        return ReceiptPrinter(parts.hostname, parts.port or RECEIPT_PORT, _roll(parts))
    if parts.scheme == "system" and parts.path and not parts.path.startswith("-"):
        paper = _asked(parts, "paper")
        if paper not in get_args(Paper):
            raise ValueError(paper)
        return SystemPrinter(parts.path, cast("Paper", paper))
    if parts.scheme == "file" and parts.path:
        return FolderPrinter(Path(parts.path), _roll(parts))
    raise ValueError(parts.scheme)


def _roll(parts: SplitResult) -> Roll:
    width = _asked(parts, "width")
    if width not in get_args(Roll):
        raise ValueError(width)
    return cast("Roll", width)


def _asked(parts: SplitResult, name: str) -> str:
    return parse_qs(parts.query, strict_parsing=bool(parts.query)).get(name, ["80"])[-1]
