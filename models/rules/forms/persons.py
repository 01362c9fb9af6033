"""Type once: what was answered about a person in one form of the visit is proposed in the next.

People are told apart by their names, and known by their role in a form (`role` in the catalogue): who comes, whose
certificate, the head of the household, the claimant, the people who move, the children.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.catalogue.definitions import Form, FormField, FormSection
from models.rules import ages, wareki
from models.rules.forms.conditions import is_asked
from models.rules.forms.values import is_empty

Answered = tuple[Form, Mapping[str, Any]]
"""A form of the same visit with its answers."""
Person = dict[str, Any]

_ATTRIBUTES: Mapping[str, str] = {
    "name": "name",
    "head_name": "name",
    "head_name_old": "name",
    "name_kana": "kana",
    "birth": "birth",
    "addr": "addr",
    "tel": "tel",
    "sex": "sex",
    "relation": "relation",
    "old_family": "old_family",
    "tsusho": "tsusho",
    "nationality": "nationality",
    "job": "job",
    "pension_kind": "pension",
}
"""Item of the vocabulary -> what it says about a person."""

_SAME: tuple[tuple[str, tuple[Any, ...], str, str], ...] = (
    ("t_same", (True,), "subject", "comer"),
    ("r_same", (True,), "comer", "subject"),
    ("r_rel", ("本人",), "subject", "comer"),
    ("c_kind", ("本人",), "comer", "subject"),
    ("agent", (False,), "comer", "subject"),
    ("d_rel", ("世帯主", "世帯主本人"), "head", "comer"),
)
"""Field, answers, and the two roles that are then one person: the first takes what is known of the second."""

_MOVES_TOO = ("本人", "世帯主", "同一世帯員")
_INSTEAD: Mapping[str, tuple[str, ...]] = {
    "comer": ("claimant",),
    "subject": ("comer",),
    "claimant": ("comer",),
}
"""Who is proposed for a role that no form named yet."""


@dataclass
class _Memory:
    people: list[Person] = field(default_factory=list)
    roles: dict[str, Person] = field(default_factory=dict)
    lists: dict[str, list[Person]] = field(default_factory=dict)
    facts: dict[tuple[str, str], Any] = field(default_factory=dict)
    booked: Mapping[str, str] = field(default_factory=dict)

    def meet(self, about: Mapping[str, Any]) -> Person:
        """The person with this name, now knowing `about` as well; without a name a person of their own."""
        name = _comparable(about.get("name"))
        for person in self.people:
            if name and _comparable(person.get("name")) == name:
                person.update(about)
                return person
        person = dict(about)
        self.people.append(person)
        return person


def with_proposals(
    form: Form,
    fields: Mapping[str, Any],
    earlier: Sequence[Answered],
    today: date,
    booked: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The answers with every blank filled that earlier forms, or earlier pages of this one, already told.

    `booked` is what the booking says of who comes (`kana`, `tel`). Nothing that was typed is changed; people are
    proposed only where the list has none yet.
    """
    memory = _Memory(booked=booked or {})
    for known_form, known in earlier:
        _learn(memory, known_form, known)
    _learn(memory, form, fields)
    filled = dict(fields)
    apart = _apart(fields)
    for section in form.asked_sections:
        for item in section.singles:
            if is_empty(filled.get(item.id)):
                value = _proposal(memory, item, today, apart)
                if value is not None and is_asked(form, item, filled):
                    filled[item.id] = value
        if section.list_key and _no_rows(filled.get(section.list_key)):
            rows = _proposed_rows(memory, section, today)
            if rows:
                filled[section.list_key] = rows
    return filled


def about(item: FormField) -> list[str]:
    """What a field says of whom, as `role:what`: first of its own role, then of whoever is proposed for that."""
    if not (item.role and item.vocabulary):
        return []
    said = _ATTRIBUTES.get(item.vocabulary)
    roles = (item.role, *_INSTEAD.get(item.role, ())) if said else (item.role,)
    return [f"{role}:{said or item.vocabulary}" for role in roles]


def told_apart(form: Form, role: str) -> list[tuple[str, tuple[Any, ...]]]:
    """Fields of this form, each with the answers after which this role is who comes; any other says: somebody else."""
    known = {item.id for section in form.asked_sections for item in section.singles}
    return [(name, same) for name, same, *pair in _SAME if {role, "comer"} == set(pair) and name in known]


def _learn(memory: _Memory, form: Form, fields: Mapping[str, Any]) -> None:
    told: dict[str, Person] = {}
    for section in form.asked_sections:
        for item in section.singles:
            value = fields.get(item.id)
            if not item.role or is_empty(value) or not is_asked(form, item, fields):
                continue
            if item.vocabulary in _ATTRIBUTES:
                told.setdefault(item.role, {})[_ATTRIBUTES[item.vocabulary]] = value
            elif item.vocabulary:
                memory.facts[item.role, item.vocabulary] = value
    for role, about in told.items():
        memory.roles[role] = memory.meet(_continued(memory.roles.get(role, {}), about))
    for section in form.asked_sections:
        _learn_rows(memory, section, fields)
    _learn_same(memory, fields)
    _learn_home(memory, fields)


def _continued(known: Person, about: Person) -> Person:
    """What is said without a name is said of who had this role before, where nothing of it differs."""
    same = not about.get("name") and all(known.get(said, value) == value for said, value in about.items())
    return {**known, **about} if same else about


def _learn_rows(memory: _Memory, section: FormSection, fields: Mapping[str, Any]) -> None:
    rows = fields.get(section.list_key) if section.list_key == section.id else None
    people = [_about(section.repeated, row) for row in rows or () if isinstance(row, Mapping)]
    known = [memory.meet(about) for about in people if about]
    if section.role and known:
        memory.lists[section.role] = known


def _about(items: Iterable[FormField], row: Mapping[str, Any]) -> Person:
    return {
        _ATTRIBUTES[item.vocabulary]: row[item.id]
        for item in items
        if item.vocabulary in _ATTRIBUTES and not is_empty(row.get(item.id))
    }


def _learn_same(memory: _Memory, fields: Mapping[str, Any]) -> None:
    apart = _apart(fields)
    for name, answers, taker, giver in _SAME:
        same = name in fields and fields[name] in answers and (taker, giver) not in apart
        if same and giver in memory.roles:
            known = memory.roles[giver]
            memory.roles[taker] = memory.meet({**memory.roles.get(taker, {}), **known})


def _learn_home(memory: _Memory, fields: Mapping[str, Any]) -> None:
    """Who moves lives at the new address from now on, also in the other forms of the visit."""
    home = memory.facts.get(("new_home", "addr_new"))
    if home is None:
        return
    movers = list(memory.lists.get("movers", ()))
    if "comer" in memory.roles and fields.get("d_rel") in _MOVES_TOO:
        movers.append(memory.roles["comer"])
    if "head" in memory.roles:
        movers.append(memory.roles["head"])
    for person in movers:
        person["addr"] = home


def _apart(fields: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Pairs of roles that this form says are two persons."""
    pairs = [
        (taker, giver) for name, same, taker, giver in _SAME if name in fields and fields[name] not in same
    ]
    return {*pairs, *((giver, taker) for taker, giver in pairs)}


def _proposal(memory: _Memory, item: FormField, today: date, apart: set[tuple[str, str]]) -> Any:
    if item.vocabulary not in _ATTRIBUTES:
        return memory.facts.get((item.role, item.vocabulary))
    said = _ATTRIBUTES[item.vocabulary]
    roles = [role for role in (item.role, *_INSTEAD.get(item.role, ())) if (item.role, role) not in apart]
    booked = memory.booked.get(said) or None if "comer" in roles else None
    known = [memory.roles[role] for role in roles if role in memory.roles]
    people = known[:1] or _people_for(memory, item.role, today)
    return people[0].get(said, booked) if people else booked


def _proposed_rows(memory: _Memory, section: FormSection, today: date) -> list[dict[str, Any]]:
    if section.list_key != section.id:
        return []
    rows = []
    for person in _people_for(memory, section.role, today)[: section.most_rows]:
        row = {
            item.id: person[_ATTRIBUTES[item.vocabulary]]
            for item in section.repeated
            if item.vocabulary in _ATTRIBUTES and _ATTRIBUTES[item.vocabulary] in person
        }
        rows.append(row)
    return [row for row in rows if row]


def _people_for(memory: _Memory, role: str, today: date) -> list[Person]:
    if role in memory.lists:
        return memory.lists[role]
    movers = memory.lists.get("movers", [])
    if role == "children":
        return [person for person in movers if _is_child(person, today)]
    if role == "movers" and "comer" in memory.roles:
        return [memory.roles["comer"]]
    return []


def _is_child(person: Person, today: date) -> bool:
    try:
        born = wareki.from_iso(str(person.get("birth", ""))).latest
    except wareki.DateError:
        return False
    return ages.in_high_school_years_or_younger(born, today)


def _no_rows(rows: Any) -> bool:
    return not isinstance(rows, list) or all(is_empty(row) for row in rows)


def _comparable(name: Any) -> str:
    return "".join(str(name or "").split())
