"""市からの案内: what a city says in its own words at set places of the residents' pages, and until when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from models.core.errors import FieldProblem, Invalid
from models.core.messages import Message, _n, message
from models.rules import free_text, message_languages
from models.rules.office_settings import BAD_READING, READING, READING_EXAMPLE, TOO_LONG

SPOTS = ("home", "offices", "confirm", "booked")
"""The first page, the list of offices, the last page before a booking, a booking's own page."""
EASY = "easy"
"""The name that やさしい日本語 has here."""
LANGUAGES = tuple(EASY if one == message_languages.EASY.code else one for one in message_languages.CODES)
LONGEST = 300
NO_JAPANESE = _n("日本語でも書いてください。ほかの言葉がない画面では、日本語を出します。")
BAD_DAY = _n("日を選ぶか、空けてください。")
NOTHING = dict.fromkeys((*LANGUAGES, "until"), "")


def checked(sent: Mapping[str, Any]) -> dict[str, str]:
    """The words of a place, all empty for none; `Invalid` names each text that may not be."""
    found = {name: _plain(sent.get(name, "")) for name in NOTHING}
    said = ((name, _refused(name, found[name])) for name in LANGUAGES)
    problems = [FieldProblem(name, refused) for name, refused in said if refused is not None]
    if not found["ja"] and any(found[name] for name in LANGUAGES):
        problems.append(FieldProblem("ja", message(NO_JAPANESE)))
    if found["until"] and _day(found["until"]) is None:
        problems.append(FieldProblem("until", message(BAD_DAY)))
    if problems:
        raise Invalid(problems)
    return found if found["ja"] else dict(NOTHING)


def text_in(words: Mapping[str, str], language: str) -> str:
    """The text for readers of a language (`models.rules.message_languages`); empty where there is none in it."""
    return words.get(EASY if language == message_languages.EASY.code else language, "")


def in_time(words: Mapping[str, str], today: date) -> bool:
    """Whether there is anything to say, and its last day is not over."""
    until = _day(words.get("until", ""))
    return bool(words.get("ja")) and (until is None or today <= until)


def _plain(given: Any) -> str:
    return str(given).replace("\r\n", "\n").strip()


def _refused(name: str, text: str) -> Message | None:
    if len(text) > LONGEST:
        return message(TOO_LONG, most=LONGEST)
    if name == EASY and re.search(r"[{}]", READING.sub("", text)):
        return message(BAD_READING, example=READING_EXAMPLE)
    return free_text.refusal(text, lines=True)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
