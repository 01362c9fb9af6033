"""One value a line, to be pasted into fields that stand below one another."""

from __future__ import annotations

from models.core.messages import _n
from models.papers.handover.adapter import Adapter, Handed
from models.papers.tables import guarded


def draw(handed: Handed) -> bytes:
    """The values in the receiver's order, each on its line, also the empty ones."""
    return "\n".join(guarded(value) for _, value in handed.texts()).encode()


ADAPTER = Adapter(
    "lines", _n("縦に並べる（1行に1項目）"), ("copy",), "txt", "text/plain; charset=utf-8", draw
)
