"""庁舎・窓口・手続きの設定: what an administrator types of an office, of its counters and of what it offers, judged."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from models.core.errors import FieldProblem, Invalid
from models.core.messages import Message, _n, message
from models.rules import free_text

TEXTS: Mapping[str, tuple[int, bool]] = {
    "name": (100, True),
    "name_en": (100, False),
    "name_easy": (200, False),
    "address": (200, True),
    "telephone": (20, False),
    "access": (300, False),
    "access_en": (300, False),
}
"""By field: the most characters, and whether it is a must."""
NUMBERS: Mapping[str, tuple[int, int]] = {"booking_days_ahead": (1, 366), "bookable_percent": (0, 100)}
MOST_COUNTERS = 60
LONGEST_NAME = 60
CODE = re.compile(r"[a-z][a-z0-9-]{1,31}\Z")
RESERVED = ("new",)
"""What stands in addresses already."""
_NUMBER = re.compile(r"[0-9A-Za-z]{1,8}\Z")
_BETWEEN = re.compile(r"[、,，・→>\s]+")
MISSING = _n("書いてください。")
TOO_LONG = _n("{most}文字までにしてください。")
NOT_A_NUMBER = _n("{low}から{high}までの数にしてください。")
BAD_TELEPHONE = _n("電話番号は、数字とハイフンで書いてください。")
BAD_READING = _n("読みがなは「{example}」のように、漢字のすぐ後ろに書いてください。")
READING_EXAMPLE = "庁舎{ちょうしゃ}"
BAD_CODE = _n("英字の小文字で始め、小文字・数字・ハイフンだけで、2文字から32文字にしてください。")
TAKEN_CODE = _n("この略号の庁舎は、もうあります。")
BAD_NUMBER = _n("窓口の番号は、半角の数字か英字で8文字までにしてください。")
TWICE = _n("{number}番の窓口が2つあります。")
NO_QUEUES = _n("受け持つ業務を、1つ以上書いてください。例：A B")
UNKNOWN_QUEUE = _n("「{code}」という業務はありません。")
UNSERVED = _n("業務{code}（{name}）を受け持つ窓口がありません。この庁舎で受け付けている手続きがあります。")
MOST = _n("窓口は{most}までにしてください。")
NOTHING_OFFERED = _n("手続きを1つ以上選んでください。")
NO_COUNTER = _n("「{name}」の業務{code}を受け持つ窓口がありません。先に窓口の業務を変えてください。")
READING = re.compile(r"[㐀-䶿一-鿿豈-﫿𠀀-𲎯々〆ヶ]+\{[ぁ-ゖァ-ヺー・]+\}")


@dataclass(frozen=True)
class CounterSetting:
    """A counter as it is set: the queue it serves first stands first."""

    number: str
    name: str
    queues: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """For keeping."""
        return {**asdict(self), "queues": list(self.queues)}


def office(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of an office; `Invalid` names every field that may not be."""
    problems: list[FieldProblem] = []
    found: dict[str, Any] = {}
    for name, (most, must) in TEXTS.items():
        text = str(sent.get(name, "")).strip()
        refused = _text_refused(name, text, most, must)
        if refused is not None:
            problems.append(FieldProblem(name, refused))
        found[name] = text
    for name, (low, high) in NUMBERS.items():
        number = _whole(str(sent.get(name, "")))
        if number is None or not low <= number <= high:
            problems.append(FieldProblem(name, message(NOT_A_NUMBER, low=low, high=high)))
        found[name] = number
    if problems:
        raise Invalid(problems)
    return found


def _text_refused(name: str, text: str, most: int, must: bool) -> Message | None:
    if must and not text:
        return message(MISSING)
    if len(text) > most:
        return message(TOO_LONG, most=most)
    if name == "telephone" and not re.fullmatch(r"[0-9+()\- ]*", text):
        return message(BAD_TELEPHONE)
    if name == "name_easy" and re.search(r"[{}]", READING.sub("", text)):
        return message(BAD_READING, example=READING_EXAMPLE)
    return free_text.refusal(text)


def new_office(code: str, sent: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """What is said of one more office; its code stands in addresses and none of the `known` ones has it."""
    problems = []
    if not CODE.match(code) or code in RESERVED:
        problems.append(FieldProblem("code", message(BAD_CODE)))
    elif code in known:
        problems.append(FieldProblem("code", message(TAKEN_CODE)))
    try:
        found = office(sent)
    except Invalid as refused:
        problems += refused.problems
    if problems:
        raise Invalid(problems)
    return found


def counters(
    rows: Sequence[Mapping[str, Any]], queues: Mapping[str, str], needed: Collection[str]
) -> list[dict[str, Any]]:
    """An office's counters, by number; `queues` are the names of all queues, `needed` those that somebody must serve.

    `Invalid` names each row's field as `number.0`, `name.0`, `queues.0`; a row without a number is left out.
    """
    problems: list[FieldProblem] = []
    found: dict[str, CounterSetting] = {}
    for at, row in enumerate(rows):
        counter = _counter(row)
        if not counter.number:
            continue
        refused = _counter_refused(at, counter, queues)
        if counter.number in found:
            refused = [FieldProblem(f"number.{at}", message(TWICE, number=counter.number))]
        problems += refused
        found[counter.number] = counter
    served = {code for counter in found.values() for code in counter.queues}
    problems += [
        FieldProblem("queues.0", message(UNSERVED, code=code, name=queues.get(code, "")))
        for code in sorted(set(needed) - served)
        if not problems
    ]
    if len(found) > MOST_COUNTERS:
        problems.append(FieldProblem("number.0", message(MOST, most=MOST_COUNTERS)))
    if problems:
        raise Invalid(problems)
    return [one.as_data() for one in sorted(found.values(), key=lambda one: (len(one.number), one.number))]


def _counter(row: Mapping[str, Any]) -> CounterSetting:
    given = row.get("queues", "")
    text = given if isinstance(given, str) else " ".join(map(str, given))
    codes = [code for code in _BETWEEN.split(unicodedata.normalize("NFKC", text).upper()) if code]
    number = unicodedata.normalize("NFKC", str(row.get("number", ""))).strip()
    return CounterSetting(number, str(row.get("name", "")).strip(), tuple(dict.fromkeys(codes)))


def _counter_refused(at: int, counter: CounterSetting, queues: Collection[str]) -> list[FieldProblem]:
    unknown = next((code for code in counter.queues if code not in queues), None)
    said = {
        "number": None if _NUMBER.match(counter.number) else message(BAD_NUMBER),
        "name": message(TOO_LONG, most=LONGEST_NAME)
        if len(counter.name) > LONGEST_NAME
        else free_text.refusal(counter.name),
        "queues": message(UNKNOWN_QUEUE, code=unknown[:8])
        if unknown
        else None
        if counter.queues
        else message(NO_QUEUES),
    }
    return [FieldProblem(f"{field}.{at}", refused) for field, refused in said.items() if refused is not None]


def offered(
    chosen: Collection[str], procedures: Mapping[str, tuple[str, str]], served: Collection[str]
) -> list[str]:
    """The procedures that an office offers; `procedures` are name and queue by code, `served` its counters' queues."""
    found = [code for code in procedures if code in chosen]
    if not found:
        raise Invalid([FieldProblem("procedure", message(NOTHING_OFFERED))])
    without = [code for code in found if procedures[code][1] not in served]
    if without:
        name, queue = procedures[without[0]]
        raise Invalid([FieldProblem("procedure", message(NO_COUNTER, name=name, code=queue))])
    return found


def _whole(text: str) -> int | None:
    plain = text.strip()
    return int(plain) if plain.isdecimal() and len(plain) <= 6 else None
