"""One row with tabs between its cells, to be pasted into a table."""

from __future__ import annotations

from models.core.messages import _n
from models.papers.handover.adapter import Adapter, Handed
from models.papers.tables import guarded


def draw(handed: Handed) -> bytes:
    """The values in the receiver's order; none that a spreadsheet would take for a formula or for two cells."""
    return "\t".join(guarded(" ".join(value.split("\t"))) for _, value in handed.texts()).encode()


ADAPTER = Adapter(
    "tabbed", _n("横に並べる（表の1行に貼り付け）"), ("copy",), "txt", "text/plain; charset=utf-8", draw
)
