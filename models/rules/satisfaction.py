"""満足度: 0 to 10, one score a visit, asked when everything is finished; few answers are not shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.core.errors import invalid
from models.core.messages import _n

LOWEST, HIGHEST = 0, 10
SCORES = range(LOWEST, HIGHEST + 1)
FEWEST = 5
"""Below so many answers nothing is said of them: each could be somebody's."""
NO_SCORE = _n("0から10までの数を選んでください。")


@dataclass(frozen=True)
class Satisfied:
    """Answers by score (0-10) of a span, and how many visits were finished in it."""

    counts: Mapping[int, int]
    finished: int

    @property
    def n(self) -> int:
        """How many answered."""
        return sum(self.counts.values())

    @property
    def shown(self) -> bool:
        """Whether enough answered to say anything."""
        return self.n >= FEWEST

    @property
    def mean(self) -> float | None:
        """The mean score; None below `FEWEST` answers."""
        if not self.shown:
            return None
        return sum(score * count for score, count in self.counts.items()) / self.n

    @property
    def share(self) -> float | None:
        """The part of finished visits that answered (0-1); None without any."""
        return min(1.0, self.n / self.finished) if self.finished else None


def read_score(text: str) -> int:
    """A score as it was sent; `Invalid` (field `score`) for anything else."""
    if not text.isascii() or not text.isdecimal() or len(text) > 2 or int(text) not in SCORES:
        raise invalid("score", NO_SCORE)
    return int(text)
