"""Turns pygal's tree into a quiet picture: attributes in place of style sheets, no scripts, nothing from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pygal.etree import etree

KEY, BAR = "#115a36", "#5f9f7e"
"""The deepest green; what stands beside it or under it, 3:1 on paper."""
INK, SECOND_INK, GUIDE, WARNING = "#1a1a1a", "#4d4d4d", "#e0e0e0", "#c74700"
FONTS = "Noto Sans JP, Noto Sans CJK JP, Hiragino Sans, Yu Gothic UI, Meiryo, sans-serif"
TEXT_SIZE = 14
LINE = 20
"""How far below one another two lines of a legend stand."""
_UNWANTED = {"script", "style", "defs", "title", "desc"}
_UNSEEN = {"background", "tooltip-overlay"}


@dataclass(frozen=True)
class Look:
    """How one series is drawn: a line of this colour, width and dashes, or bars of this colour."""

    name: str
    colour: str
    width: float = 3
    dashes: str = ""


def dress(root: Any, looks: Sequence[Look]) -> Any:
    """Give every shape of a rendered chart its look by attributes; `looks` in the order of the series.

    It has no ground of its own: it is drawn on that of the page.
    """
    _strip(root)
    for group in list(root.iter("g")):
        words = group.get("class", "").split()
        if words and words[0] == "axis":
            _axis(group, words[1])
        elif words and words[0] == "series":
            _series(group, looks[int(words[1].rpartition("-")[2])])
    for element in root.iter():
        for name in ("class", "style"):
            element.attrib.pop(name, None)
    root.set("font-family", FONTS)
    root.set("font-size", str(TEXT_SIZE))
    return root


def legend(root: Any, looks: Sequence[Look], left: float, right: float) -> None:
    """Samples with their names at the top, each as wide as its words, in as many lines as they need."""
    for look, x, line in _placed(looks, left, right):
        y = LINE * (line + 1)
        ends = {"x1": f"{x:g}", "x2": f"{x + 28:g}", "y1": str(y), "y2": str(y)}
        etree.SubElement(root, "line", {**ends, **_stroke(look)})
        text = etree.SubElement(root, "text", {"x": f"{x + 36:g}", "y": str(y + 5), "fill": INK})
        text.text = look.name


def legend_height(looks: Sequence[Look], left: float, right: float) -> int:
    """How much more room than one line the legend takes."""
    return LINE * max(line for _, _, line in _placed(looks, left, right))


def _placed(looks: Sequence[Look], left: float, right: float) -> Iterator[tuple[Look, float, int]]:
    x, line = left, 0
    for look in looks:
        wide = 36 + sum(TEXT_SIZE if ord(letter) > 0xFF else 0.6 * TEXT_SIZE for letter in look.name)
        if x > left and x + wide > right:
            x, line = left, line + 1
        yield look, x, line
        x += wide + 28


def finished(root: Any, title: str, description: str) -> bytes:
    """The picture's bytes, with a title and a description for those who do not see it."""
    root.set("role", "img")
    root.set("aria-labelledby", "chart-title chart-desc")
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = etree.Element(tag, {"id": f"chart-{tag}"})
        element.text = text
        root.insert(place, element)
    return bytes(etree.tostring(root, encoding="utf-8"))


def _strip(root: Any) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            is_unseen = not _UNSEEN.isdisjoint(str(child.get("class")).split())
            if not isinstance(child.tag, str) or child.tag in _UNWANTED or is_unseen:
                parent.remove(child)


def _axis(group: Any, side: str) -> None:
    """Light guides across, a darker ground line, no upright lines."""
    for parent in list(group.iter("g")):
        for line in parent.findall("path"):
            if side == "x":
                parent.remove(line)
            else:
                is_ground = "guide" not in line.get("class", "")
                line.set("stroke", SECOND_INK if is_ground else GUIDE)
    for text in group.iter("text"):
        text.set("fill", SECOND_INK)
        text.set("text-anchor", "middle" if side == "x" else "end")


def _series(group: Any, look: Look) -> None:
    for path in group.iter("path"):
        for name, value in {"fill": "none", **_stroke(look)}.items():
            path.set(name, value)
    for bar in group.iter("g"):
        if bar.get("class") == "bar":
            bar.set("fill", _own_colour(bar.get("style", "")) or look.colour)
    for value in group.iter("text"):
        value.set("fill", INK)
        value.set("font-weight", "bold")
        value.set("y", f"{float(value.get('y')) - 3:.1f}")


def _stroke(look: Look) -> Mapping[str, str]:
    dashes = {"stroke-dasharray": look.dashes} if look.dashes else {}
    return {"stroke": look.colour, "stroke-width": f"{look.width:g}", **dashes}


def _own_colour(style: str) -> str:
    """The fill that pygal writes for a single bar."""
    return next((part[5:].strip() for part in style.split(";") if part.startswith("fill:")), "")
