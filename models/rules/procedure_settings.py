"""手続きの設定: what a city words and sets differently of a procedure, judged."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from models.core.errors import FieldProblem, Invalid
from models.core.messages import Message, _n, message
from models.rules import free_text
from models.rules.office_settings import (
    BAD_READING,
    MISSING,
    NOT_A_NUMBER,
    READING,
    READING_EXAMPLE,
    TOO_LONG,
)

TEXTS: Mapping[str, int] = {"ja": 60, "easy": 200, "en": 120, "fee_note": 100, "deadline": 100}
MINUTES = ("plain", "prefilled", "desk", "desk_prefilled")
MOST_MINUTES, MOST_YEN, MOST_ITEMS, MOST_WHEN = 480, 1_000_000, 12, 60
BOOKINGS = ("none", "optional", "recommended", "required")
SHORTER = _n("「{shorter}」は、「{longer}」より長くできません。")
BAD_BOOKING = _n("予約のしかたを選んでください。")
BAD_ITEM = _n("持ち物を一覧から選んでください。")
TWICE = _n("同じ持ち物が2回あります。")
MANY = _n("持ち物は{most}個までにしてください。")
LABELS: Mapping[str, str] = {
    "plain": _n("全体の時間"),
    "prefilled": _n("家で書いてきたときの全体の時間"),
    "desk": _n("窓口の時間"),
    "desk_prefilled": _n("家で書いてきたときの窓口の時間"),
}
_ORDERS = (
    ("prefilled", "plain"),
    ("desk", "plain"),
    ("desk_prefilled", "desk"),
    ("desk_prefilled", "prefilled"),
)
"""Pairs of minutes of which the first is never longer than the second."""


def own(wanted: Mapping[str, Any], base: Mapping[str, Any], items: Collection[str]) -> dict[str, Any]:
    """What of `wanted` differs from the catalogue's `base`; `Invalid` names every field that may not be."""
    merged = {**base, **wanted}
    problems = [*_texts(merged), *_minutes(merged), *_bring(merged, items)]
    if merged["booking"] not in BOOKINGS:
        problems.append(FieldProblem("booking", message(BAD_BOOKING)))
    fee = merged["fee_yen"]
    if fee is not None and not (isinstance(fee, int) and 0 <= fee <= MOST_YEN):
        problems.append(FieldProblem("fee_yen", message(NOT_A_NUMBER, low=0, high=MOST_YEN)))
    if problems:
        raise Invalid(problems)
    return {name: value for name, value in merged.items() if name in base and value != base[name]}


def _texts(merged: Mapping[str, Any]) -> list[FieldProblem]:
    said = ((name, _text_refused(name, str(merged[name]), most)) for name, most in TEXTS.items())
    return [FieldProblem(name, refused) for name, refused in said if refused is not None]


def _text_refused(name: str, text: str, most: int) -> Message | None:
    if name == "ja" and not text.strip():
        return message(MISSING)
    if len(text) > most:
        return message(TOO_LONG, most=most)
    if name == "easy" and re.search(r"[{}]", READING.sub("", text)):
        return message(BAD_READING, example=READING_EXAMPLE)
    return free_text.refusal(text)


def _minutes(merged: Mapping[str, Any]) -> list[FieldProblem]:
    minutes = merged["minutes"]
    wrong = [
        name
        for name in MINUTES
        if not isinstance(minutes.get(name), int) or not 1 <= minutes[name] <= MOST_MINUTES
    ]
    if wrong:
        return [FieldProblem(name, message(NOT_A_NUMBER, low=1, high=MOST_MINUTES)) for name in wrong]
    return [
        FieldProblem(
            shorter, message(SHORTER, shorter=message(LABELS[shorter]), longer=message(LABELS[longer]))
        )
        for shorter, longer in _ORDERS
        if minutes[shorter] > minutes[longer]
    ][:1]


def _bring(merged: Mapping[str, Any], items: Collection[str]) -> list[FieldProblem]:
    rows = merged["bring"]
    if len(rows) > MOST_ITEMS:
        return [FieldProblem("item.0", message(MANY, most=MOST_ITEMS))]
    problems = []
    for at, (item, when) in enumerate(rows):
        refused = message(TOO_LONG, most=MOST_WHEN) if len(when) > MOST_WHEN else free_text.refusal(when)
        if item not in items:
            problems.append(FieldProblem(f"item.{at}", message(BAD_ITEM)))
        if refused is not None:
            problems.append(FieldProblem(f"when.{at}", refused))
    if len({item for item, _ in rows}) < len(rows):
        problems.append(FieldProblem("item.0", message(TWICE)))
    return problems
