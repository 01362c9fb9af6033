"""What can go wrong with a card, in words for a page; never with anything of the card in them."""

from __future__ import annotations

from typing import Literal

Word = Literal[
    "not_installed",
    "no_reader",
    "no_card",
    "removed",
    "busy",
    "other_card",
    "wrong",
    "last_try",
    "blocked",
    "unreadable",
    "bad_code",
    "forbidden",
]


class CardTrouble(Exception):
    """It could not be read. `tries` are left after a wrong value, or where one more would be the last."""

    def __init__(self, word: Word, tries: int | None = None) -> None:
        """`word` is for the page."""
        super().__init__(word)
        self.word, self.tries = word, tries
