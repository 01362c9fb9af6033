"""お知らせの種類: what the house tells people of, what each kind's words need, and how dates are said in them.

A message says where, when and with which number; never a name, a procedure or an address of the person: whoever reads
somebody's mail must not learn from it whether and why that person lives here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.catalogue.words import RUBY
from models.core.errors import FieldProblem, Invalid
from models.core.messages import Message, _n, message
from models.rules import mynumber
from models.rules.message_languages import EASY, day_words, moment_words, time_words

LONGEST_SUBJECT = 100
LONGEST_BODY = 2000
PLACE = re.compile(r"\{([^{}]*)\}")
"""A value's place; in easy Japanese, what is not 漢字{かんじ}."""
EVERYWHERE = frozenset({"office", "address", "telephone", "url"})
"""Known of every message; a line is left out where the address, telephone number or link it needs is not there."""
UNKNOWN_PLACE = _n("{name}という差し込みは、このお知らせでは使えません。使えるもの：{known}")
MISSING_PLACE = _n("{name}が入っていません。このお知らせには欠かせません。")
LOOSE_BRACE = _n("波かっこは差し込みだけに使えます。組になっているか確かめてください。")
NO_SUBJECT = _n("件名を入力してください。")
NO_BODY = _n("本文を入力してください。")
LONG_SUBJECT = _n("件名は{most}文字以内の1行で入力してください。")
LONG_BODY = _n("本文は{most}文字以内で入力してください。")
UNKNOWN_KIND = _n("その種類のお知らせはありません。")


@dataclass(frozen=True)
class Kind:
    """One kind: what its words must say (`needed`), what they may (`more`), whose page it links to, with a calendar."""

    needed: frozenset[str]
    more: frozenset[str] = frozenset()
    page: str = "booking"
    calendar: bool = False

    @property
    def known(self) -> frozenset[str]:
        """Every place that its words may have."""
        return self.needed | self.more | EVERYWHERE


def _kind(needed: str, more: str = "", page: str = "booking", calendar: bool = False) -> Kind:
    return Kind(frozenset(needed.split()), frozenset(more.split()), page, calendar)


KINDS: Mapping[str, Kind] = {
    "booked": _kind("office date time", "number", calendar=True),
    "moved": _kind("office date time", "number", calendar=True),
    "cancelled": _kind("office date time", "number"),
    "reminder": _kind("office date time", "number"),
    "waiting": _kind("office", "date time number until", "waiting"),
    "offer": _kind("office date time until url", "number", "waiting"),
    "offer_ended": _kind("office", "date time number until", "waiting"),
    "soon": _kind("office number", "counter date time", "number"),
    "come": _kind("office number counter", "date time", "number"),
    "day_changed": _kind("office date", "time number", "booking"),
    "linked": _kind("office"),
    "not_linked": _kind("office"),
    "test": _kind("office"),
}
"""`number` is what people say at the desk: a ticket's number, or a booking's reference."""
PAGES = {"booking": "/bookings/{token}", "waiting": "/waiting/{token}", "number": "/tickets/{token}"}
"""Where a holder's token leads, by page."""
MARKS = ("at", "ends", "until")
"""Values that are instants (ISO 8601): `at` becomes {date} and {time}, `until` is said with its day."""


@dataclass(frozen=True)
class Words:
    """The words of one kind in one language."""

    subject: str
    body: str


def problems(kind: str, words: Words, language: str = "ja") -> list[FieldProblem]:
    """What is wrong with these words, by field; none where they may be kept. Readings are for easy Japanese only."""
    if kind not in KINDS:
        return [FieldProblem("kind", message(UNKNOWN_KIND))]
    found = []
    subject, body = words.subject.strip(), words.body.strip()
    if not subject:
        found.append(FieldProblem("subject", message(NO_SUBJECT)))
    if len(subject) > LONGEST_SUBJECT or any(not letter.isprintable() for letter in subject):
        found.append(FieldProblem("subject", message(LONG_SUBJECT, most=LONGEST_SUBJECT)))
    if not body:
        found.append(FieldProblem("body", message(NO_BODY)))
    if len(body) > LONGEST_BODY:
        found.append(FieldProblem("body", message(LONG_BODY, most=LONGEST_BODY)))
    subject, body = _unread(subject, language), _unread(body, language)
    for field, text in (("subject", subject), ("body", body)):
        if mynumber.contains_my_number(text):
            found.append(FieldProblem(field, message(mynumber.REFUSED)))
        found += [FieldProblem(field, refusal) for refusal in _misplaced(KINDS[kind], text)]
    said = set(PLACE.findall(f"{subject}\n{body}"))
    lacking = sorted(KINDS[kind].needed - said) if body else []
    return found + [FieldProblem("body", message(MISSING_PLACE, name=f"{{{name}}}")) for name in lacking]


def checked(kind: str, subject: str, body: str, language: str = "ja") -> Words:
    """The words as they may be kept; `Invalid` names the field and what is wrong with it."""
    words = Words(subject.strip(), body.replace("\r\n", "\n").replace("\r", "\n").strip() + "\n")
    found = problems(kind, words, language)
    if found:
        raise Invalid(found)
    return words


def _unread(text: str, language: str) -> str:
    """A text without the readings that its language may have."""
    return RUBY.sub(r"\1", text) if language == EASY.code else text


def _misplaced(kind: Kind, text: str) -> list[Message]:
    known = ", ".join(f"{{{name}}}" for name in sorted(kind.known))
    found = [
        message(UNKNOWN_PLACE, name=f"{{{name}}}", known=known)
        for name in PLACE.findall(text)
        if name not in kind.known
    ]
    left = PLACE.sub("", text)
    return [*found, message(LOOSE_BRACE)] if "{" in left or "}" in left else found


def filled(words: Words, values: Mapping[str, str]) -> Words:
    """The words with their values, readings as they are; a line is left out where what it is to say is not there."""
    lines = [_line(line, values) for line in words.body.splitlines()]
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if line is not None)).strip()
    subject = " ".join(_put(words.subject, values).split())
    return Words(subject, f"{body}\n")


def _line(line: str, values: Mapping[str, str]) -> str | None:
    if any(not values.get(name) for name in PLACE.findall(RUBY.sub("", line))):
        return None
    return _put(line, values)


def _put(text: str, values: Mapping[str, str]) -> str:
    """Values in their places; a reading after its kanji is no place."""
    parts = []
    end = 0
    for reading in RUBY.finditer(text):
        parts += [PLACE.sub(lambda place: values.get(place[1], ""), text[end : reading.start()]), reading[0]]
        end = reading.end()
    return "".join([*parts, PLACE.sub(lambda place: values.get(place[1], ""), text[end:])])


def said(values: Mapping[str, str], zone: ZoneInfo, language: str) -> dict[str, str]:
    """The values as words: instants become the office's date and time in the message's language."""
    found = {name: value for name, value in values.items() if name not in MARKS}
    if at := values.get("at"):
        local = datetime.fromisoformat(at).astimezone(zone)
        found |= {"date": day_words(local.date(), language), "time": time_words(local, language)}
    elif (day := values.get("date", "")) and re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        found["date"] = day_words(date.fromisoformat(day), language)
    if until := values.get("until"):
        found["until"] = _until(until, zone, language)
    return found


def _until(text: str, zone: ZoneInfo, language: str) -> str:
    if not re.match(r"\d{4}-\d\d-\d\dT", text):
        return text
    return moment_words(datetime.fromisoformat(text).astimezone(zone), language)
