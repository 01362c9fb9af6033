"""What sections are stacked from: parts that know the least height they need and can paint themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.papers.layout.canvas import Box, Canvas


@dataclass(frozen=True)
class Part:
    """One strip across a section: heights in mm between `least` and `most`."""

    least: float
    most: float
    paint: Callable[[Canvas, Box], None]


def least_height(parts: Sequence[Part]) -> float:
    """The least height in mm that these parts need together."""
    return sum(part.least for part in parts)


def shared_out(room: float, wishes: Sequence[tuple[float, float, float]]) -> list[float]:
    """`room` in proportion to the shares, each kept between its bounds; `wishes` are (share, least, most).

    All shrink alike below the least where there is too little room; where every part has its most and room
    remains, it stays unused.
    """
    least = sum(low for _, low, _ in wishes)
    if least >= room:
        return [low * room / least for _, low, _ in wishes]
    if sum(high for _, _, high in wishes) <= room:
        return [high for _, _, high in wishes]
    low_scale, high_scale = 0.0, max(high / share for share, _, high in wishes)
    for _ in range(24):
        scale = (low_scale + high_scale) / 2
        if sum([min(high, max(low, share * scale)) for share, low, high in wishes]) > room:
            high_scale = scale
        else:
            low_scale = scale
    return [min(high, max(low, share * low_scale)) for share, low, high in wishes]


def paint_stack(canvas: Canvas, box: Box, parts: Sequence[Part]) -> None:
    """Paint parts from top to bottom so that they fill the box; all shrink alike where it is too low."""
    if not parts:
        return
    heights = shared_out(box.h, [(part.least, part.least, part.most) for part in parts])
    for part, place in zip(parts, box.rows(heights), strict=True):
        part.paint(canvas, place)
