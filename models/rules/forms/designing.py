"""様式を画面で改める: what an administrator typed and pressed, put into the city's own data of a form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from models.catalogue.arranging import order_of, places
from models.catalogue.definitions import Form
from models.catalogue.own_fields import is_needed
from models.core.messages import _n
from models.rules.forms.own_sections import Own, add_section, drop_section

KINDS: Mapping[str, str] = {
    "text": _n("ことば"),
    "choice": _n("1つ選ぶ"),
    "multi": _n("いくつでも選ぶ"),
    "bool": _n("チェック1つ"),
    "int": _n("数"),
    "wareki": _n("年月日"),
    "tel": _n("電話番号"),
    "name": _n("氏名"),
    "address": _n("住所"),
    "sign": _n("署名（窓口で手書き）"),
}
"""What a new field can be, in words; the YAML has a few more."""
WIDTHS = (25, 33, 40, 50, 60, 67, 75, 100)


def redesigned(form: Form, base: Mapping[str, Any], own: Mapping[str, Any], sent: Mapping[str, str]) -> Own:
    """The city's data after one look at the page: every box that was sent, then the button (`do`).

    `form` and `base` are the catalogue's form and its data, `own` the city's data before. Nothing is judged here.
    """
    found: Own = deepcopy(dict(own))
    _words(form, found, sent)
    wanted = places(base, found)
    for section in wanted:
        _section(form, found, section, sent)
    for name in [*base["fields"], *found.get("fields", {})]:
        _field(form, base, found, name, sent)
    _place(base, found, _moved(places(base, found), sent))
    _press(base, found, sent)
    return _tidy(form, found)


def _words(form: Form, own: Own, sent: Mapping[str, str]) -> None:
    if "title" in sent:
        _put(own, "title", sent["title"].strip(), form.words.ja)
    if "wording" in sent:
        lines = [line.strip() for line in sent["wording"].splitlines() if line.strip()]
        _put(own, "wording", lines, list(form.wording))


def _section(form: Form, own: Own, section: str, sent: Mapping[str, str]) -> None:
    text = sent.get(f"s.{section}.title")
    if text is not None:
        known = {one.id: one.title for one in form.sections}
        entry = own.setdefault("sections", {}).setdefault(section, {})
        _put(entry, "title", text.strip(), known.get(section))


def _field(form: Form, base: Mapping[str, Any], own: Own, name: str, sent: Mapping[str, str]) -> None:
    here = f"f.{name}."
    if f"{here}label" not in sent:
        return
    fields = own.setdefault("fields", {})
    if f"{here}hide" in sent:
        if name in base["fields"]:
            fields[name] = None
        else:
            fields.pop(name, None)
        return
    entry = fields[name] = dict(fields.get(name) or {})
    before = form.field(name) if name in base["fields"] else None
    _put(entry, "label", sent[f"{here}label"].strip(), before.label.ja if before else None)
    _put(entry, "hint", sent.get(f"{here}hint", "").strip(), before.hint if before else "")
    width = sent.get(f"{here}width", "")
    if width.isdecimal() and width.isascii():
        _put(entry, "width", int(width), before.width if before else 0)
    if sent.get(f"{here}req") in ("must", "opt"):
        _put(entry, "req", sent[f"{here}req"], before.required if before else "opt")
    if sent.get(f"{here}by") in ("online", "counter"):
        _put(entry, "by", sent[f"{here}by"], before.by if before else "online")


def _moved(now: dict[str, list[str]], sent: Mapping[str, str]) -> dict[str, list[str]]:
    """The places with every field in the section that was chosen for it."""
    found = {section: list(names) for section, names in now.items()}
    for section, names in now.items():
        for name in names:
            target = sent.get(f"f.{name}.section", section)
            if target in found and target != section:
                found[section].remove(name)
                found[target].append(name)
    return found


def _press(base: Mapping[str, Any], own: Own, sent: Mapping[str, str]) -> None:
    wish, _, what = sent.get("do", "").partition(".")
    kind, _, name = what.partition(".")
    if wish == "add":
        _add(base, own, sent)
    elif wish == "section":
        add_section(base, own, sent.get("news.title", "").strip(), sent.get("news.after", ""))
    elif wish == "drop" and kind == "s" and name not in base["sections"]:
        drop_section(base, own, name)
    elif wish in ("up", "down") and kind == "s":
        own["order"] = _swapped(order_of(base, own), name, wish, first=1)
    elif wish in ("up", "down") and kind == "f":
        now = places(base, own)
        _place(base, own, {one: _swapped(names, name, wish) for one, names in now.items()})
    elif wish == "drop" and kind == "f" and name not in base["fields"]:
        own.get("fields", {}).pop(name, None)
        _place(base, own, places(base, own))
    elif wish == "show" and kind == "f":
        own.get("fields", {}).pop(name, None)


def _add(base: Mapping[str, Any], own: Own, sent: Mapping[str, str]) -> None:
    kind, section = sent.get("new.type", ""), sent.get("new.section", "")
    taken = own.setdefault("fields", {})
    name = next(f"x_{number}" for number in range(1, 1000) if f"x_{number}" not in taken)
    values = [one.strip() for one in re.split(r"[、,\n]", sent.get("new.values", "")) if one.strip()]
    field: Own = {"label": sent.get("new.label", "").strip(), "type": kind, "sec": section}
    if kind in ("choice", "multi"):
        field["values"] = values
    if sent.get("new.req"):
        field["req"] = "must"
    if sent.get("new.width", "").isdecimal():
        field["width"] = int(sent["new.width"])
    if base.get("paper_only"):
        field["by"] = "counter"
    taken[name] = field
    _place(base, own, places(base, own))


def _place(base: Mapping[str, Any], own: Own, wanted: Mapping[str, list[str]]) -> None:
    """Write down which fields stand where, as far as that does not follow from the rest."""
    for entry in own.get("sections", {}).values():
        entry.pop("fields", None)
    for section, names in wanted.items():
        for name in names:
            if name not in base["fields"] and isinstance(own.get("fields", {}).get(name), dict):
                own["fields"][name]["sec"] = section
    plain = places(base, own)
    for section, names in wanted.items():
        if plain.get(section, []) != names:
            own.setdefault("sections", {}).setdefault(section, {})["fields"] = names


def _swapped(names: list[str], name: str, wish: str, first: int = 0) -> list[str]:
    """The names with one of them a place further up or down; those before `first` stay."""
    found = list(names)
    if name not in found:
        return found
    at = found.index(name)
    to = at - 1 if wish == "up" else at + 1
    if min(at, to) >= first and to < len(found):
        found[at], found[to] = found[to], found[at]
    return found


def _put(entry: Own, key: str, value: Any, before: Any) -> None:
    """Keep a value that differs from what the catalogue says; forget it otherwise."""
    if value == before or (value in ("", 0) and not before):
        entry.pop(key, None)
    else:
        entry[key] = value


def _tidy(form: Form, own: Own) -> Own:
    """The data without empty entries, in the order in which people read it."""
    for key in ("sections", "fields"):
        entries = {name: one for name, one in own.get(key, {}).items() if one != {}}
        own.pop(key, None)
        if entries:
            own[key] = entries
    if own.get("order") == [one.id for one in form.sections]:
        own.pop("order")
    order = ("title", "en", "easy", "order", "ask", "sections", "fields", "wording")
    return {key: own[key] for key in (*order, *own) if key in own}


def may_hide(base: Mapping[str, Any], name: str) -> bool:
    """Whether a field of the catalogue can be left out."""
    return not is_needed(base["fields"][name])
