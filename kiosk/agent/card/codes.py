"""What opens the four items: the PIN of four digits, or 照合番号B, which stands on the face of the card."""

from __future__ import annotations

from datetime import date

from kiosk.agent.card.commands import Way
from kiosk.agent.card.trouble import CardTrouble
from models.rules.wareki import ERAS

LENGTHS: dict[Way, int] = {"pin": 4, "code_b": 14}


def code_of(way: object, sent: dict[str, object]) -> tuple[Way, bytearray]:
    """The value that a page sent, to be wiped after use; `CardTrouble` (`bad_code`) where it can be none.

    `code` is the whole value; for 照合番号B `birth` (ISO), `expires` (year) and `security` (4 digits) do as well.
    """
    if way not in ("pin", "code_b"):
        raise CardTrouble("bad_code")
    text = sent.get("code")
    if way == "code_b" and text is None:
        text = code_b(str(sent.get("birth")), str(sent.get("expires")), str(sent.get("security")))
    if not isinstance(text, str) or len(text) != LENGTHS[way] or not (text.isascii() and text.isdecimal()):
        raise CardTrouble("bad_code")
    return way, bytearray(text, "ascii")


def code_b(birth: str, expires: str, security: str) -> str:
    """照合番号B: birthday as printed (year of the era, month, day), year of expiry, security code."""
    try:
        day = date.fromisoformat(birth)
        era = next(era for era in ERAS if era.first <= day <= era.last)
    except (ValueError, StopIteration):
        raise CardTrouble("bad_code") from None
    return f"{day.year - era.base:02}{day:%m%d}{expires}{security}"
