"""What the page of a form shows: its boxes, the sheet as pictures, and the differences in words."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g

from models.catalogue import own_forms
from models.catalogue.arranging import order_of, places
from models.catalogue.definitions import Catalogue, Form
from models.core.errors import Invalid, NotFound
from models.core.memory import Memory
from models.core.messages import Message, message
from models.operations import form_revisions as acts
from models.papers import fitting
from models.papers.application import draw
from models.papers.pictures import pictures
from models.queries import catalogue, form_revisions
from models.queries.form_revisions import RevisionView
from models.rules.forms import designing, packing
from models.rules.forms.differences import differences, how
from web.languages import gettext

SHAPELESS = (ValueError, AttributeError, TypeError, KeyError)
"""What a text raises that is YAML but has lists where names belong: it is shown as text alone, with what is wrong."""

DRAWN = Memory()
"""The newest text of each form with its sheet: proving and drawing it takes a tenth of a second, looking often."""


@dataclass(frozen=True)
class FieldBox:
    """One item as it can be changed; `req` is must, opt, or empty where it cannot be chosen."""

    id: str
    label: str
    hint: str
    kind: str
    width: int
    req: str
    how: str
    by: str
    may_hide: bool
    added: bool


@dataclass(frozen=True)
class SectionBox:
    """One section with its items from top to bottom."""

    id: str
    title: str
    fields: tuple[FieldBox, ...]
    added: bool = False


@dataclass(frozen=True)
class Design:
    """A form being written: the city's `text`, whether it can be used, and what it would make.

    `form` is the catalogue's, `made` what would be printed; None where something is `wrong`.
    """

    form: Form
    text: str
    title: str = ""
    wording: tuple[str, ...] = ()
    sections: tuple[SectionBox, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    open: str = ""
    wrong: Message | None = None
    made: Form | None = None
    changes: tuple[Message, ...] = ()
    pages: tuple[str, ...] = field(default=(), repr=False)

    @property
    def mark(self) -> str:
        """What the sheet bears at its foot."""
        return packing.mark(self.made) if self.made else ""


def opened(form: str, text: str) -> Design:
    """A version as it stands."""
    return design(form, text)


def typed(form: str, sent: Mapping[str, str]) -> Design:
    """What was typed into the boxes, over the text that they were made from."""
    base, data = _base(form)
    try:
        own = own_forms.read(form, sent.get("text", "")).data
        text = own_forms.written(designing.redesigned(base.forms[form], data, own, sent))
    except SHAPELESS:
        return design(form, sent.get("text", ""))
    return design(form, text, sent)


def design(form: str, text: str, sent: Mapping[str, str] | None = None) -> Design:
    """A text judged, drawn and taken apart into boxes."""
    base, data = _base(form)
    offered, city = base.forms[form], g.municipality
    made, wrong, pages = DRAWN.of(
        (city.code, form), (base, text, city.name), lambda: _drawn(form, text, base)
    )
    try:
        own = own_forms.read(form, text).data
        boxes: dict[str, Any] = _boxes(offered, data, own, _open(sent or {}))
    except SHAPELESS:
        boxes = {}
    changes = () if made is None else _changes(form, made)
    return Design(offered, text, wrong=wrong, made=made, changes=changes, pages=pages, **boxes)


def released(found: RevisionView) -> Design:
    """A version with its sheet, against the form that is in force now."""
    return design(found.form, found.text)


def _open(sent: Mapping[str, str]) -> str:
    wish = sent.get("do", "")
    return wish.removeprefix("open.s.") if wish.startswith("open.s.") else sent.get("open", "")


def _base(form: str) -> tuple[Catalogue, dict[str, Any]]:
    source = form_revisions.offered()
    data = source.documents["forms"].data["forms"].get(form)
    if data is None:
        raise NotFound
    return form_revisions.offered_forms(), data


def _changes(form: str, made: Form) -> tuple[Message, ...]:
    now = catalogue.current().forms.get(form)
    return tuple(_said(one) for one in differences(now, made)) if now is not None else ()


def _said(change: Message) -> Message:
    """A difference with the words inside it in the visitor's language."""
    values = {
        name: gettext(value.template) if isinstance(value, Message) else value
        for name, value in change.values.items()
    }
    return message(change.template, **values)


def _drawn(form: str, text: str, base: Catalogue) -> tuple[Form | None, Message | None, tuple[str, ...]]:
    """What a text makes, or what is wrong with it, and the pages of its sheet."""
    try:
        made = acts.judged(form, text)
    except Invalid as refused:
        return None, refused.problems[0].message, ()
    return made, None, _pages(made, base)


def _pages(made: Form, base: Catalogue) -> tuple[str, ...]:
    sheet = fitting.specimen(made, base.staff_blocks, g.municipality.name)
    return tuple(base64.b64encode(one).decode() for one in pictures(draw(sheet)))


def _boxes(form: Form, data: Mapping[str, Any], own: Mapping[str, Any], chosen: str) -> dict[str, Any]:
    titles = {one.id: one.title for one in form.sections}
    now, given = places(data, own), own.get("sections", {})
    boxes = tuple(
        SectionBox(
            name,
            str(given.get(name, {}).get("title", titles.get(name, ""))),
            tuple(_field(form, data, own, field) for field in now[name]),
            name not in data["sections"],
        )
        for name in order_of(data, own)
    )
    fields = own.get("fields", {})
    return {
        "title": str(own.get("title", form.words.ja)),
        "wording": tuple(str(line) for line in own.get("wording", form.wording)),
        "sections": boxes,
        "hidden": tuple((name, form.field(name).label.ja) for name, one in fields.items() if one is None),
        "open": chosen if chosen in now else "",
    }


def _field(form: Form, data: Mapping[str, Any], own: Mapping[str, Any], name: str) -> FieldBox:
    entry = own.get("fields", {}).get(name) or {}
    added = name not in data["fields"]
    before = None if added else form.field(name)
    required = str(entry.get("req", before.required if before else "opt"))
    fixed = before is not None and (before.by in ("staff", "system") or not designing.may_hide(data, name))
    return FieldBox(
        id=name,
        label=str(entry.get("label", before.label.ja if before else "")),
        hint=str(entry.get("hint", before.hint if before else "")),
        kind=before.kind if before else str(entry.get("type", "")),
        width=int(entry.get("width", before.width if before else 0)),
        req=required if required in ("must", "opt") and not fixed else "",
        how=how(before) if before else "",
        by=str(entry.get("by", before.by if before else "online")),
        may_hide=added or designing.may_hide(data, name),
        added=added,
    )
