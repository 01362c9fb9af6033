"""自由記入: what staff write in a name, a label, a note or a reason, which is kept as it is and shown to colleagues."""

from __future__ import annotations

import re

from models.core.messages import Message, message
from models.rules import characters, mynumber

JOINER = re.compile("(?<=\u094d)[\u200c\u200d]")
"""What Nepali writes behind a halant to say how letters join (RFC 5892, appendices A.1 and A.2); not seen itself."""


def refusal(text: str, *, lines: bool = False) -> Message | None:
    """Why a text cannot be kept: a My Number, or a character that is not seen as it was typed; None where it can.

    Only with `lines` may it have more than one.
    """
    if mynumber.contains_my_number(text):
        return message(mynumber.REFUSED)
    return characters.refusal(JOINER.sub("", without_breaks(text) if lines else text))


def without_breaks(text: str) -> str:
    """A text of lines as one line; of the many signs that break one, only those that a keyboard makes."""
    return text.replace("\r\n", "").replace("\n", "")
