"""Telephone numbers: kept as typed in digits and hyphens, compared in one international form."""

from __future__ import annotations

import re
import unicodedata

from models.core.messages import Message, _n, message

_HYPHENS = re.compile("[‐‑‒–—―−－ー]")
_JAPANESE = re.compile(r"(?:0[5-9]0[0-9]{8}|0(?![5-9]0)[0-9]{9})\Z")
_FOREIGN = re.compile(r"\+[1-9][0-9]{6,14}\Z")
_WRITTEN = re.compile(r"\+?[0-9]+(?:-[0-9]+)*\Z")
_REFUSED = _n("電話番号は、市外局番から数字とハイフンで入力してください。例：090-1234-5678")


def cleaned(text: str) -> str:
    """The number in half-width digits and hyphens, without spaces; brackets become hyphens."""
    plain = _HYPHENS.sub("-", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"\s+", " ", plain).strip()
    plain = re.sub(r"\s*[()]\s*|\s*-\s*|\s", "-", plain)
    return re.sub("-+", "-", plain).strip("-")


def comparable(text: str) -> str:
    """One form for one line: `080-1234-5678` and `+81 80 1234 5678` are both `+818012345678`."""
    digits = re.sub("[^0-9+]", "", cleaned(text))
    digits = re.sub(r"\A\+810", "+81", digits)
    if digits.startswith("0081"):
        return "+81" + digits[4:].lstrip("0")
    return "+81" + digits[1:] if _JAPANESE.match(digits) else digits


def refusal(text: str) -> Message | None:
    """Why this is no telephone number one can call; None where it is."""
    written = cleaned(text)
    digits = written.replace("-", "")
    if not _WRITTEN.match(written) or not (_JAPANESE.match(digits) or _FOREIGN.match(digits)):
        return message(_REFUSED)
    return None


def is_international(text: str) -> bool:
    """Whether it is typed with Japan's country code, which makes a mobile number twelve digits long."""
    return bool(re.match(r"\+81-?0?[1-9]", cleaned(text)))
