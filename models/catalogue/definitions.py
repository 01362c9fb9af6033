"""Typed, immutable definitions of what the catalogue's YAML holds; other floors read these, never YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from models.catalogue.conditions import Condition
from models.catalogue.translated import translated

By = Literal["online", "counter", "staff", "system"]
BookingNeed = Literal["none", "optional", "recommended", "required"]
IN_THE_CATALOGUE = ("ja-easy", "en")
"""Languages whose texts stand in the catalogue itself."""
ASIDE = re.compile(r"（[^（）]*）| ?\([^()]*\)")


@dataclass(frozen=True)
class Words:
    """One text in the languages of the catalogue; `easy` carries ruby as kanji{reading}.

    Other languages are found by the Japanese text: that of `whole` where this one was cut from a longer one.
    """

    ja: str
    en: str = ""
    easy: str = ""
    whole: str = ""

    def own(self, language: str) -> str:
        """The text in just this language; empty where there is none."""
        if language == "ja":
            return self.ja
        return {"en": self.en, "ja-easy": self.easy}.get(language) or self._translated(language)

    def in_language(self, language: str) -> str:
        """The text in a language; where there is none Japanese, behind its English for who reads no Japanese."""
        own = self.own(language)
        if own or language in IN_THE_CATALOGUE or not self.en:
            return own or self.ja
        return f"{self.en} ({self.ja})"

    def without_asides(self) -> Words:
        """The same without what stands in brackets."""
        ja, en, easy = (ASIDE.sub("", text) for text in (self.ja, self.en, self.easy))
        return Words(ja, en, easy, self.whole or self.ja)

    def _translated(self, language: str) -> str:
        said = translated(self.whole or self.ja, language)
        return ASIDE.sub("", said) if self.whole else said

    def __str__(self) -> str:
        """The Japanese text."""
        return self.ja


@dataclass(frozen=True)
class Item:
    """One thing to bring (持ち物); whoever brings it needs none of `replaces` any more."""

    code: str
    words: Words
    examples: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bring:
    """An item that a procedure asks for; `when` says in words for whom, empty means everybody."""

    item: str
    when: str = ""


@dataclass(frozen=True)
class Queue:
    """業務: one line with one ticket letter.

    `slot_minutes` is the length of one bookable slot; 0 where no procedure belongs to the queue (R, 予約).
    """

    code: str
    words: Words
    target_wait_minutes: int
    slot_minutes: int


@dataclass(frozen=True)
class Minutes:
    """Minutes of a procedure: whole (`plain`, `prefilled`), at the counter (`desk`, `desk_prefilled`)."""

    plain: int
    prefilled: int
    desk: int
    desk_prefilled: int


@dataclass(frozen=True)
class Procedure:
    """手続き: what a resident comes for."""

    code: str
    words: Words
    department: str
    queue: str
    minutes: Minutes
    yearly_volume: int
    booking: BookingNeed
    bring: tuple[Bring, ...]
    forms: tuple[str, ...]
    related: tuple[str, ...]
    who: tuple[str, ...]
    prefill: Literal["full", "part", "none"]
    online_level: Literal["full", "partial", "none"]
    online_via: tuple[str, ...] = ()
    fee_yen: int | None = None
    fee_note: str = ""
    deadline: str = ""
    note: str = ""


@dataclass(frozen=True)
class FormField:
    """One item of a form: how it is asked on screen and printed on paper.

    `kind` is the value's type (text, kana, roman, name, wareki, date, choice, multi, bool, int, tel, email,
    zip, address, code, copies, stamp, sign, block). `required` is the condition as written: "must", "opt",
    an expression (a must whenever it holds), or "opt if" an expression; `must` and `asked_when` are what it
    says. `block` names a box only staff fill. `repeat` > 1 repeats it for several people. Only fields with
    `on_paper` are printed: the others are questions that decide what else is asked. `copies_of` names the
    field whose values each get a number of copies. `partial` allows a date whose month or day is unknown.
    `role` says whose item it is, `standard` what the 標準仕様 calls it (empty where it has no name for it).
    """

    id: str
    label: Words
    kind: str
    section: str
    by: By
    required: str = "opt"
    must: bool = False
    asked_when: Condition | None = None
    values: tuple[str, ...] = ()
    value_words: Mapping[str, Words] = field(default_factory=dict)
    default: Any = None
    max_length: int = 100
    min_value: int | None = None
    max_value: int | None = None
    repeat: int = 1
    furigana: bool = False
    block: str = ""
    hint: str = ""
    hint_en: str = ""
    check: str = ""
    vocabulary: str = ""
    examples: tuple[Any, ...] = ()
    width: int = 0
    """Percent of the line on paper (`width` in forms.yaml); 0 lets the paper choose."""
    on_paper: bool = True
    copies_of: str = ""
    partial: bool = False
    role: str = ""
    standard: str = ""

    @property
    def hint_words(self) -> Words:
        """What is said below the label, in the languages of the catalogue."""
        return Words(self.hint, self.hint_en)

    @property
    def online(self) -> bool:
        """Whether a resident may answer it before the visit; no other field is part of an application."""
        return self.by == "online"

    def value_label(self, value: str) -> Words:
        """The words for one of `values`."""
        return self.value_words.get(value) or Words(value)


@dataclass(frozen=True)
class FormSection:
    """One framed part of the sheet; `height_mm` is its share of the 273 mm that A4 leaves."""

    id: str
    title: str
    height_mm: float
    fields: tuple[FormField, ...]
    title_en: str = ""
    role: str = ""

    @property
    def repeat(self) -> int:
        """How many people one sheet holds in this section (1 when nothing repeats)."""
        return max((item.repeat for item in self.fields), default=1)

    @property
    def words(self) -> Words:
        """The title in the languages of the catalogue."""
        return Words(self.title, self.title_en)

    @property
    def singles(self) -> tuple[FormField, ...]:
        """What is asked online once."""
        return tuple(item for item in self.fields if item.online and item.repeat == 1)

    @property
    def repeated(self) -> tuple[FormField, ...]:
        """What is asked online for each person."""
        return tuple(item for item in self.fields if item.online and item.repeat > 1)

    @property
    def list_key(self) -> str:
        """The key of `fields` with the rows: the section's id, a lone repeated field's own id, or empty."""
        repeated = self.repeated
        if len(repeated) == 1:
            return repeated[0].id
        return self.id if repeated else ""

    @property
    def most_rows(self) -> int:
        """How many rows an application may have: two more sheets' worth."""
        return 2 * self.repeat + 2


@dataclass(frozen=True)
class StaffBlock:
    """A box that only staff fill, in millimetres, with its cells."""

    code: str
    title: str
    width_mm: float
    height_mm: float
    cells: tuple[str, ...] = ()
    look: Literal["stamps", "checks", "writing", "squares", "code"] = "stamps"
    """`look` in vocab.yaml: cells for initials, check-boxes, blanks, the 12 number squares, a QR."""


@dataclass(frozen=True)
class Form:
    """様式: one official application form as data."""

    id: str
    words: Words
    law: str
    used_by: tuple[str, ...]
    sections: tuple[FormSection, ...]
    wording: tuple[str, ...]
    paper_only: bool = False
    ask_order: tuple[str, ...] = ()
    """Ids of the sections in the order in which they are asked; the sheet prints them as `sections`."""
    digest: str = ""
    """SHA-256 of the data that the form was made of, the same in every edition that has this very form."""

    @property
    def asked_sections(self) -> tuple[FormSection, ...]:
        """The sections with something to ask online, in asking order."""
        by_id = {section.id: section for section in self.sections}
        order = self.ask_order or tuple(by_id)
        return tuple(by_id[name] for name in order if by_id[name].singles or by_id[name].repeated)

    def section(self, section_id: str) -> FormSection:
        """The section with this id; KeyError where the form has none."""
        for item in self.sections:
            if item.id == section_id:
                return item
        raise KeyError(section_id)

    def field(self, field_id: str) -> FormField:
        """The field with this id; KeyError where the form has none."""
        for section in self.sections:
            for item in section.fields:
                if item.id == field_id:
                    return item
        raise KeyError(field_id)


@dataclass(frozen=True)
class Question:
    """One question of the 手続きナビ; `ask_if` is a condition over earlier answers, None asks always.

    An answer equal to `stop_if` ends the questions with `stop_message`; None never does.
    """

    id: str
    kind: Literal["choice", "bool", "int", "multi"]
    words: Words
    values: tuple[str, ...] = ()
    ask_if: Any = None
    stop_if: Any = None
    stop_message: Words = Words("")
    hint: Words = Words("")


@dataclass(frozen=True)
class NavigatorRule:
    """When `when` holds, `add` these procedures with `need`, or warn."""

    id: str
    when: Any
    add: tuple[str, ...] = ()
    need: Literal["must", "likely", "check"] = "must"
    why: Words = Words("")
    warn: Words = Words("")
    times: str = ""


@dataclass(frozen=True)
class Spared:
    """Where `when` holds, nobody need bring these `items` of which a procedure asks only some people."""

    when: Any
    items: tuple[str, ...]


@dataclass(frozen=True)
class Navigator:
    """手続きナビ: life events, questions in asking order, rules, and the labels of answers.

    `answers` is keyed `question.value`, for yes and no `true` and `false`: read it by `answer`.
    """

    events: Mapping[str, Words]
    questions: tuple[Question, ...]
    rules: tuple[NavigatorRule, ...]
    answers: Mapping[str, Words] = field(default_factory=dict)
    cases: tuple[Mapping[str, Any], ...] = ()
    spared: tuple[Spared, ...] = ()

    def answer(self, question: str, value: object) -> Words:
        """The label of one answer; the value itself where it needs none (a number)."""
        word = str(value).lower() if isinstance(value, bool) else str(value)
        return self.answers.get(f"{question}.{word}") or self.answers.get(word) or Words(word)


@dataclass(frozen=True)
class VisitMerge:
    """How procedures become one visit: longest desk time + a share of the others + cards, rounded up."""

    others_percent: int = 60
    card_minutes: int = 4
    round_minutes: int = 5


@dataclass(frozen=True)
class Catalogue:
    """Everything a city publishes at its front yard, in one validated edition."""

    departments: Mapping[str, Words]
    queues: Mapping[str, Queue]
    items: Mapping[str, Item]
    who: Mapping[str, str]
    procedures: Mapping[str, Procedure]
    navigator: Navigator
    forms: Mapping[str, Form]
    staff_blocks: Mapping[str, StaffBlock]
    rules: Mapping[str, Any]
    """Plain numbers of queues.yaml (`booking`, `calendar`, `ticket`, `rules`, ...), `demand`, `metrics`."""
    visit: VisitMerge = VisitMerge()
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Plain words people type, to the codes of the procedures they mean."""
    elsewhere: Mapping[str, Words] = field(default_factory=dict)
    """Plain words for what a city hall does not do, with where to go instead."""
    digest: str = ""
    """SHA-256 of the source documents: two catalogues with the same digest are the same."""
