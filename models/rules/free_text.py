"""自由記入: what staff write in a name, a label, a note or a reason, which is kept as it is and shown to colleagues."""

from __future__ import annotations

from models.core.messages import Message, message
from models.rules import characters, mynumber


def refusal(text: str) -> Message | None:
    """Why a text cannot be kept: a My Number, or a character that is not seen as it was typed; None where it can."""
    if mynumber.contains_my_number(text):
        return message(mynumber.REFUSED)
    return characters.refusal("".join(text.splitlines()))
