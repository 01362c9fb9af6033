"""How one board is set up, all of it in its address; what cannot be understood there is as if it were not said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from urllib.parse import urlencode

PARTS = ("calls", "deliveries", "waits", "absent", "notices", "mean", "hint", "clock")
"""What a board can show, in the order in which it is set up."""
THEMES = ("dark", "light")
CALLS = (4, 6)
ZOOMS = (100, 115, 130)
VOLUME = 80
MOST_LANGUAGES = 4
QUIET = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


@dataclass(frozen=True)
class Options:
    """One board. `queues` empty: all. `languages`: that of the page, then those that stand beside it.

    `voice`: the languages that are spoken, none for a silent board. `volume` is 0 to 100; within the office-local
    spans of `quiet` it is half of that.
    """

    queues: tuple[str, ...] = ()
    parts: tuple[str, ...] = PARTS
    languages: tuple[str, ...] = ("ja", "en")
    voice: tuple[str, ...] = ("ja",)
    volume: int = VOLUME
    quiet: tuple[tuple[time, time], ...] = ()
    theme: str = "dark"
    calls: int = 4
    zoom: int = 100

    def shows(self, part: str) -> bool:
        """Whether a part is on this board."""
        return part in self.parts

    def serves(self, queue: str) -> bool:
        """Whether a queue's calls and waits are on this board."""
        return not self.queues or queue in self.queues

    @property
    def beside(self) -> tuple[str, ...]:
        """The languages that stand beside the page's own."""
        return self.languages[1:]

    @property
    def quiet_text(self) -> str:
        """The quiet spans as they are written in an address."""
        return ",".join(f"{begins:%H:%M}-{ends:%H:%M}" for begins, ends in self.quiet)

    def query(self) -> str:
        """These options as the end of an address; what is usual is left out."""
        usual = Options()
        said = {
            "queues": ",".join(self.queues) if self.queues else None,
            "parts": ",".join(self.parts) if self.parts != usual.parts else None,
            "lang": ",".join(self.languages) if self.languages != usual.languages else None,
            "voice": (",".join(self.voice) or "off") if self.voice != usual.voice else None,
            "volume": str(self.volume) if self.volume != usual.volume else None,
            "quiet": self.quiet_text or None,
            "theme": self.theme if self.theme != usual.theme else None,
            "calls": str(self.calls) if self.calls != usual.calls else None,
            "zoom": str(self.zoom) if self.zoom != usual.zoom else None,
        }
        return urlencode({name: value for name, value in said.items() if value is not None}, safe=",:")


@dataclass(frozen=True)
class Known:
    """What an office's boards can be asked for."""

    queues: tuple[str, ...]
    page_languages: tuple[str, ...]
    other_languages: tuple[str, ...]
    spoken: tuple[str, ...]


def read(asked: Mapping[str, list[str]], known: Known) -> Options:
    """The options of an address; each may be said once with commas or several times."""
    words = {name: _words(values) for name, values in asked.items()}
    usual = Options()
    return Options(
        queues=_known(words.get("queues", ()), known.queues),
        parts=_in_order(words.get("parts", ()), PARTS) or usual.parts,
        languages=_languages(words.get("lang", ()), known) or usual.languages,
        voice=_voice(words.get("voice", ()), known.spoken, usual.voice),
        volume=_whole(words.get("volume", ()), range(101), usual.volume),
        quiet=_quiet(words.get("quiet", ())),
        theme=next(iter(_known(words.get("theme", ()), THEMES)), usual.theme),
        calls=_whole(words.get("calls", ()), CALLS, usual.calls),
        zoom=_whole(words.get("zoom", ()), ZOOMS, usual.zoom),
    )


def _words(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for value in values for one in value[:300].split(",") if (word := one.strip()))


def _known(words: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Those that are known, each once, however their letters are sized."""
    found = {one.lower(): one for one in known}
    return tuple(dict.fromkeys(found[word.lower()] for word in words if word.lower() in found))


def _in_order(words: Iterable[str], known: tuple[str, ...]) -> tuple[str, ...]:
    chosen = _known(words, known)
    return tuple(one for one in known if one in chosen)


def _languages(words: tuple[str, ...], known: Known) -> tuple[str, ...]:
    """The first must be one that pages are written in; otherwise it is Japanese with what was asked for beside."""
    chosen = _known(words, (*known.page_languages, *known.other_languages))
    if chosen and chosen[0] not in known.page_languages:
        chosen = ("ja", *(one for one in chosen if one != "ja"))
    return chosen[:MOST_LANGUAGES]


def _voice(words: tuple[str, ...], spoken: tuple[str, ...], usual: tuple[str, ...]) -> tuple[str, ...]:
    if "off" in [word.lower() for word in words]:
        return ()
    return _known(words, spoken) or usual


def _whole(words: Iterable[str], allowed: Iterable[int], usual: int) -> int:
    found = [int(word) for word in words if word.isascii() and word.isdecimal() and len(word) < 4]
    return next((one for one in found if one in allowed), usual)


def _quiet(words: Iterable[str]) -> tuple[tuple[time, time], ...]:
    spans = []
    for word in words:
        found = QUIET.fullmatch(word)
        if found and int(found[1]) < 24 and int(found[3]) < 24 and int(found[2]) < 60 and int(found[4]) < 60:
            spans.append((time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))))
    return tuple(spans[:4])
