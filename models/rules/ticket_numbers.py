"""番号: a letter and three digits, from 001 every business day in every office; 900 to 999 belong to leases.

A kiosk whose line is cut gives out leased numbers, so the running numbers step over them and go on with four digits.
"""

from __future__ import annotations

import re

FIRST_LEASED, LAST_LEASED = 900, 999
LEASED_SUFFIX = "*"
"""A letter with this behind it is the sequence row of its leased numbers."""
PATTERN = re.compile(r"([A-Z]{1,3})(\d{3,5})")


def running(letter: str, count: int) -> str:
    """The `count`-th running number (1, 2, ...) of a letter: A001 ... A899, then A1000."""
    return number(letter, count if count < FIRST_LEASED else count - FIRST_LEASED + LAST_LEASED + 1)


def number(letter: str, value: int) -> str:
    """A number as people read it: A012."""
    return f"{letter}{value:03d}"


def parts(text: str) -> tuple[str, int] | None:
    """The letter and the value of a number, None where it is none."""
    found = PATTERN.fullmatch(text)
    return (found[1], int(found[2])) if found else None
