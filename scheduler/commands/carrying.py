"""Files that people carry between two sides: read with a limit, and written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from models.papers.carried import LONGEST
from scheduler.refusals import NotDone


def sent(path: Path) -> bytes:
    """What stands in a file that was carried here."""
    with path.open("rb") as file:
        content = file.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise NotDone(f"{path} is too long to be a file of the other side")
    return content


def kept(path: Path, content: bytes) -> None:
    """Write a file in one step, for its owner only."""
    draft = path.with_name(f".{path.name}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
