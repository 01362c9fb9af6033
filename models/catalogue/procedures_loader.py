"""Reads departments, queues, things to bring, procedures and search words, with every reference resolved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, cast

from models.catalogue.definitions import (
    BookingNeed,
    Bring,
    Item,
    Minutes,
    Procedure,
    Queue,
    Words,
)
from models.catalogue.source import Document, Node
from models.catalogue.words import LANGUAGES, RUBY, read_words

Prefill = Literal["full", "part", "none"]
OnlineLevel = Literal["full", "partial", "none"]

_KEYS = (
    *LANGUAGES,
    *("department", "queue", "minutes", "yearly_volume", "fee", "deadline", "who", "bring", "booking"),
    *("online", "prefill", "forms", "my_number", "related", "note", "certainty"),
)
_NEVER_LETTERS = "IOQ"
_LISTED = 12


class References:
    """The codes that procedures may refer to."""

    def __init__(
        self, departments: Document, queues: Document, items: Document, forms: Collection[str]
    ) -> None:
        self.departments = read_departments(departments)
        self.who = read_who(departments)
        self.queues = read_queues(queues)
        self.items = read_items(items)
        self.forms = forms


def resolve(node: Node, known: Collection[str], what: str) -> str:
    """The text of `node` if it is one of `known`; fails naming `what` is expected."""
    code = node.as_text()
    if code not in known:
        listed = ", ".join(list(known)[:_LISTED]) + (", ..." if len(known) > _LISTED else "")
        node.fail(f"`{code}` is unknown, expected {what}: {listed}")
    return code


def resolve_all(node: Node, key: str, known: Collection[str], what: str) -> tuple[str, ...]:
    """The list of codes under `key`, all of them known and each there once."""
    codes = tuple(resolve(item, known, what) for item in node.listing(key))
    if len(set(codes)) < len(codes):
        node.fail(f"`{key}` names the same code twice, expected each once", key)
    return codes


def read_departments(document: Document) -> dict[str, Words]:
    """課 by code."""
    document.root.only("departments", "who")
    return {code: read_words(node) for code, node in document.root.child("departments").entries()}


def read_who(document: Document) -> dict[str, str]:
    """Who may apply, by code."""
    return {code: node.as_text() for code, node in document.root.child("who").entries()}


def read_queues(document: Document) -> dict[str, Queue]:
    """業務 by ticket letter."""
    queues: dict[str, Queue] = {}
    for code, node in document.root.child("queues").entries():
        if len(code) != 1 or not "A" <= code <= "Z" or code in _NEVER_LETTERS:
            node.fail(f"queue `{code}`, expected one letter A to Z without I, O, Q")
        queues[code] = Queue(
            code,
            read_words(node, "target_wait", "slot_minutes"),
            target_wait_minutes=node.integer("target_wait", low=1, high=240),
            slot_minutes=node.integer("slot_minutes", low=5, high=240, default=0),
        )
    return queues


def read_items(document: Document) -> dict[str, Item]:
    """持ち物 by code."""
    document.root.only("items")
    nodes = document.root.mapping("items")
    return {
        code: Item(
            code,
            read_words(node, "examples", "replaces"),
            node.texts("examples"),
            resolve_all(node, "replaces", nodes, "an item"),
        )
        for code, node in nodes.items()
    }


def read_procedures(document: Document, known: References) -> dict[str, Procedure]:
    """手続き by code, every reference resolved."""
    document.root.only("procedures")
    nodes = document.root.mapping("procedures")
    return {code: _procedure(code, node, nodes, known) for code, node in nodes.items()}


def read_search(
    document: Document, procedures: Collection[str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, Words]]:
    """Search words with the procedures they mean, and words for what is done elsewhere."""
    root = document.root
    root.only("words", "elsewhere")
    for section in root.value:
        for word, node in root.mapping(section).items():
            if set("{}") & set(RUBY.sub("", word)):
                node.fail(f"ruby of `{word}` cannot be read, expected kanji{{reading}}")
    words = {
        word: resolve_all(root.child("words"), word, procedures, "a procedure")
        for word in root.mapping("words")
    }
    return words, {word: read_words(node) for word, node in root.mapping("elsewhere").items()}


def _procedure(code: str, node: Node, codes: Collection[str], known: References) -> Procedure:
    words = read_words(node, *_KEYS)
    queue = resolve(node.child("queue"), known.queues, "a queue")
    if not known.queues[queue].slot_minutes:
        node.fail(f"queue {queue} has no slot_minutes, expected them in queues.yaml", "queue")
    node.one_of("my_number", ("never", "counter"), default="never")
    node.one_of("certainty", ("sure", "likely", "unsure"), default="unsure")
    fee_yen, fee_note = _fee(node)
    level, via = _online(node)
    return Procedure(
        code=code,
        words=words,
        department=resolve(node.child("department"), known.departments, "a department"),
        queue=queue,
        minutes=_minutes(node.child("minutes")),
        yearly_volume=node.integer("yearly_volume", high=10_000_000),
        booking=cast(BookingNeed, node.one_of("booking", ("none", "optional", "recommended", "required"))),
        bring=tuple(_bring(item, known.items) for item in node.listing("bring")),
        forms=resolve_all(node, "forms", known.forms, "a form"),
        related=resolve_all(node, "related", codes, "a procedure"),
        who=resolve_all(node, "who", known.who, "who may apply"),
        prefill=cast(Prefill, node.one_of("prefill", ("full", "part", "none"))),
        online_level=level,
        online_via=via,
        fee_yen=fee_yen,
        fee_note=fee_note,
        deadline=node.text("deadline", ""),
        note=node.text("note", ""),
    )


def _minutes(node: Node) -> Minutes:
    node.only("plain", "prefilled", "desk", "desk_prefilled")
    plain, prefilled, desk, desk_prefilled = (
        node.integer(key, low=1, high=480) for key in ("plain", "prefilled", "desk", "desk_prefilled")
    )
    for smaller, larger, low, high in (
        ("prefilled", "plain", prefilled, plain),
        ("desk", "plain", desk, plain),
        ("desk_prefilled", "desk", desk_prefilled, desk),
        ("desk_prefilled", "prefilled", desk_prefilled, prefilled),
    ):
        if low > high:
            node.fail(f"`{smaller}` is {low}, expected at most `{larger}` ({high})", smaller)
    return Minutes(plain, prefilled, desk, desk_prefilled)


def _bring(node: Node, items: Mapping[str, Item]) -> Bring:
    if not isinstance(node.value, dict):
        return Bring(resolve(node, items, "an item"))
    if len(node.value) != 1:
        node.fail("expected one item: either its code or {code: for whom}")
    code, when = next(node.entries())
    if code not in items:
        when.fail(f"`{code}` is unknown, expected the code of an item in items.yaml")
    return Bring(code, when.as_text())


def _fee(node: Node) -> tuple[int | None, str]:
    if not node.has("fee"):
        return None, ""
    fee = node.child("fee")
    fee.only("yen", "per", "range", "fixed", "note")
    yen = fee.integer("yen", high=1_000_000)
    fee.flag("fixed", False)
    usual = [item.as_integer() for item in fee.listing("range")]
    if usual and (len(usual) != 2 or not usual[0] <= usual[1]):
        fee.fail("expected a range of two numbers, the lower first", "range")
    unit, note = fee.text("per", ""), fee.text("note", "")
    return yen, "、".join(part for part in (f"1{unit}" if unit else "", note) if part)


def _online(node: Node) -> tuple[OnlineLevel, tuple[str, ...]]:
    online = node.child("online")
    online.only("level", "via")
    return cast(OnlineLevel, online.one_of("level", ("full", "partial", "none"))), online.texts("via")
