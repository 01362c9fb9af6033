"""The font of the papers, read from its own tables: how wide a text is and which characters it cannot draw.

Tables as in the OpenType specification: `cmap` formats 12 (characters) and 14 (variation sequences), `hmtx`.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pylopdf_fonts_jp

_SELECTORS = range(0xE0100, 0xE01F0)
_SHORT_SELECTORS = range(0xFE00, 0xFE10)
_VARIED = re.compile("[^\U000e0100-\U000e01ef\ufe00-\ufe0f][\U000e0100-\U000e01ef\ufe00-\ufe0f]+")
"""A character with the selectors behind it."""
_SHAPES = 0xF0000
"""Private characters that stand for glyphs when texts are compared by their looks."""
SUBSTITUTE = "〓"
"""Geta: the printer's sign for a character that is not at hand."""


@dataclass(frozen=True)
class Face:
    """Widths in em by character; glyphs by character and by variation sequence."""

    widths: Mapping[str, float]
    glyphs: Mapping[str, int]

    def width(self, text: str) -> float:
        """The width of one line of `text` in em, before kerning."""
        try:
            return sum(map(self.widths.__getitem__, text))
        except KeyError:
            return sum(self.widths.get(letter, 0.0 if is_selector(letter) else 1.0) for letter in text)

    def undrawable(self, text: str) -> list[str]:
        """Characters, with their variation selector where they have one, that would not be drawn as typed."""
        if self._has_each(text):
            return []
        return [part for part in clusters(text) if not self._draws(part)]

    def drawable(self, text: str) -> str:
        """`text` with 〓 for every character that the font does not have.

        A selector that the font does not know is left out, for it draws nothing; so is one that asks a character
        beyond U+FFFF for its usual shape, for PDFium loses such a character when it also stands there alone.
        """
        if self._has_each(text):
            return text
        return "".join(map(self._nearest, clusters(text)))

    def _has_each(self, text: str) -> bool:
        return self._letters.issuperset(text)

    @cached_property
    def _letters(self) -> frozenset[str]:
        return frozenset((*self.widths, "\n"))

    def _nearest(self, cluster: str) -> str:
        usual = ord(cluster[0]) > 0xFFFF and self.glyphs.get(cluster) == self.glyphs.get(cluster[0])
        if self._draws(cluster) and not usual:
            return cluster
        return cluster[0] if cluster[0] in self.widths else SUBSTITUTE

    def _draws(self, cluster: str) -> bool:
        if cluster == "\n":
            return True
        return cluster in self.glyphs

    def one_spelling(self, texts: Iterable[str]) -> dict[str, str]:
        """For every shape that `texts` write in several ways: each other way, and the first, to be put in its place.

        PDFium loses all but the first, where one of them is beyond U+FFFF.
        """
        first: dict[int, str] = {}
        found = {}
        for cluster in dict.fromkeys(part for text in texts for part in clusters(text)):
            glyph = self._shared.get(cluster)
            if glyph is not None and first.setdefault(glyph, cluster) != cluster:
                found[cluster] = first[glyph]
        return found

    @cached_property
    def _shared(self) -> dict[str, int]:
        """What has its glyph not for itself alone."""
        ways = Counter(self.glyphs.values())
        return {cluster: glyph for cluster, glyph in self.glyphs.items() if ways[glyph] > 1}

    def shapes(self, text: str) -> str:
        """`text` as the shapes that are drawn: equal for texts that look exactly alike in this font.

        A selector that the font does not know with its character draws nothing and counts for nothing.
        """
        return _VARIED.sub(lambda found: self._shape(found[0]), text).translate(self._shape_of)

    def _shape(self, cluster: str) -> str:
        glyph = self.glyphs.get(cluster, self.glyphs.get(cluster[0]))
        return cluster if glyph is None else chr(_SHAPES + glyph)

    @cached_property
    def _shape_of(self) -> dict[int, str]:
        """Shapes by character; a selector that stands alone has none."""
        alone = {ord(key): chr(_SHAPES + glyph) for key, glyph in self.glyphs.items() if len(key) == 1}
        return alone | dict.fromkeys((*_SELECTORS, *_SHORT_SELECTORS), "")


def is_selector(letter: str) -> bool:
    """Whether a character only chooses the shape of the one before it."""
    return ord(letter) in _SELECTORS or ord(letter) in _SHORT_SELECTORS


def clusters(text: str) -> list[str]:
    """Characters, each together with the variation selectors behind it."""
    found: list[str] = []
    for letter in text:
        if found and is_selector(letter):
            found[-1] += letter
        else:
            found.append(letter)
    return found


@cache
def face() -> Face:
    """The gothic that all papers are set in."""
    return read_face(Path(pylopdf_fonts_jp.sans_path()).read_bytes())


def read_face(data: bytes) -> Face:
    """A font file's widths and characters; ValueError where it has no table of characters."""
    tables = _tables(data)
    glyph_of = _characters(data, tables["cmap"])
    (units,) = struct.unpack_from(">H", data, tables["head"] + 18)
    (count,) = struct.unpack_from(">H", data, tables["hhea"] + 34)
    metrics = struct.unpack_from(f">{count * 2}H", data, tables["hmtx"])
    advances = metrics[::2]
    widths = {
        key: advances[min(glyph, count - 1)] / units for key, glyph in glyph_of.items() if len(key) == 1
    }
    return Face(widths, glyph_of)


def _tables(data: bytes) -> dict[str, int]:
    (count,) = struct.unpack_from(">H", data, 4)
    records = (struct.unpack_from(">4sIII", data, 12 + 16 * index) for index in range(count))
    return {tag.decode("ascii"): offset for tag, _, offset, _ in records}


def _characters(data: bytes, cmap: int) -> dict[str, int]:
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    starts = {cmap + struct.unpack_from(">HHI", data, cmap + 4 + 8 * index)[2] for index in range(count)}
    by_format = {struct.unpack_from(">H", data, start)[0]: start for start in starts}
    if 12 not in by_format:
        raise ValueError("the font has no character table of format 12")
    glyph_of: dict[str, int] = {}
    (groups,) = struct.unpack_from(">I", data, by_format[12] + 12)
    for first, last, glyph in struct.iter_unpack(">III", data[by_format[12] + 16 :][: 12 * groups]):
        glyph_of.update((chr(first + more), glyph + more) for more in range(last - first + 1))
    if 14 in by_format:
        glyph_of.update(_variants(data, by_format[14], glyph_of))
    return glyph_of


def _variants(data: bytes, start: int, plain: Mapping[str, int]) -> dict[str, int]:
    """Glyphs of variation sequences: the usual ones look like their character alone, the special ones do not."""
    found: dict[str, int] = {}
    (count,) = struct.unpack_from(">I", data, start + 6)
    for index in range(count):
        at = start + 10 + 11 * index
        selector = chr(_three(data, at))
        usual, special = struct.unpack_from(">II", data, at + 3)
        for first, more in _records(data, start + usual, 1) if usual else ():
            letters = (chr(first + step) for step in range(more + 1))
            found.update((letter + selector, plain[letter]) for letter in letters if letter in plain)
        for code, glyph in _records(data, start + special, 2) if special else ():
            found[chr(code) + selector] = glyph
    return found


def _records(data: bytes, start: int, size: int) -> Iterator[tuple[int, int]]:
    """Pairs of a character (3 bytes) and a number (`size` bytes), after their count (4 bytes)."""
    (count,) = struct.unpack_from(">I", data, start)
    for place in range(start + 4, start + 4 + count * (3 + size), 3 + size):
        yield _three(data, place), int.from_bytes(data[place + 3 : place + 3 + size], "big")


def _three(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 3], "big")
