"""市の様式: a form's order and words as a city writes them, judged line by line and laid over the catalogue's.

A city's text is YAML over the catalogue's form: `title`, `en`, `easy`, `order`, `ask`, `wording`, `sections` (each with
`title`, `en`, `mm`, and `fields`: which items stand in it, in which order) and `fields` (words, width, who fills; a
new one is called x_…; `null` hides one). What the law needs can be worded and moved, never hidden or made optional.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from models.catalogue.arranging import arranged, order_of
from models.catalogue.definitions import Form
from models.catalogue.forms_loader import PAPER_MM, load_forms
from models.catalogue.merging import CatalogueSource, laid_over
from models.catalogue.own_fields import complete, judge_fields
from models.catalogue.own_text import (
    MOST_LINES,
    MOST_TITLE,
    MOST_WORDS,
    NO_ID,
    Judge,
    OwnFormError,
    is_own_id,
)
from models.catalogue.source import CatalogueError, Document, read_text
from models.core.messages import _n, message

LONGEST = 6000
"""Characters: as many as one page can send."""
_KEYS = ("title", "en", "easy", "order", "ask", "sections", "fields", "wording")
_SECTION_KEYS = ("title", "en", "mm", "fields")
NO_FORM = _n("{line}行目：この目録に様式「{form}」はありません。")
NOT_YAML = _n("{line}行目：YAMLとして読めません。字下げと、「:」のあとの空白を確かめてください。（{detail}）")
TOO_LONG = _n("{line}行目：長すぎます。{most}文字までにしてください。")
NOT_BUILT = _n("{line}行目：このままでは様式になりません。（{detail}）")
NO_SECTION = _n("{line}行目：欄「{name}」はありません。あるのは：{known}")
SECTION_STAYS = _n("{line}行目：欄「{name}」はなくせません。名前と順番は変えられます。")
TWICE = _n("{line}行目：「{name}」が2回書かれています。1回だけにしてください。")
NO_FIELD = _n("{line}行目：項目「{name}」はありません。")
TOO_HIGH = _n("{line}行目：欄の高さ（mm）が合わせて{high}です。{most}までにしてください。")
HEAD_FIRST = _n("{line}行目：表題の欄「{name}」は、いちばん上のままにしてください。")
NO_WORDING = _n("{line}行目：注意事項は、1行以上書いてください。")


def own_form(source: CatalogueSource, form: str, text: str) -> Form:
    """The form as a city's text makes it; OwnFormError says what is wrong in which line."""
    return _built(laid(source, form, text), form)


def laid(source: CatalogueSource, form: str, text: str) -> CatalogueSource:
    """The documents with a city's text laid over one form, proven to be a form; OwnFormError otherwise."""
    documents = source.documents
    base = documents["forms"].data["forms"].get(form)
    if base is None:
        raise OwnFormError(0, message(NO_FORM, line=0, form=form))
    document = read(form, text)
    if not document.data:
        return source
    _judge(document, base, documents["vocabulary"].data["items"])
    try:
        forms, _ = laid_over(documents["forms"], _over(form, document, base))
        forms.data["forms"][form] = arranged(forms.data["forms"][form], document.data)
        found = CatalogueSource({**documents, "forms": forms})
        _built(found, form)
    except CatalogueError as problem:
        line = problem.line if problem.file == str(document.path) else 0
        raise OwnFormError(line, message(NOT_BUILT, line=line, detail=problem.message)) from problem
    return found


def _built(source: CatalogueSource, form: str) -> Form:
    """One form of the documents; CatalogueError where it is none."""
    forms = source.documents["forms"]
    alone = Document(forms.path, {"forms": {form: forms.data["forms"][form]}}, forms.lines)
    return load_forms(alone, source.documents["vocabulary"])[0][form]


def read(form: str, text: str) -> Document:
    """A city's text as a document; OwnFormError where it is not YAML or not a mapping."""
    if len(text) > LONGEST:
        raise OwnFormError(1, message(TOO_LONG, line=1, most=LONGEST))
    try:
        document = read_text(Path(f"{form}のYAML"), text)
    except (CatalogueError, ValueError) as problem:
        line = problem.line if isinstance(problem, CatalogueError) else 1
        raise OwnFormError(line, message(NOT_YAML, line=line, detail=_short(problem))) from problem
    if document.data is None:
        return Document(document.path, {}, document.lines)
    Judge(document).mapping(())
    return document


def written(data: Mapping[str, Any]) -> str:
    """A city's text with this in it; empty where nothing differs from the catalogue."""
    if not data:
        return ""
    return yaml.safe_dump(deepcopy(dict(data)), allow_unicode=True, sort_keys=False, width=100)


def _short(problem: ValueError) -> str:
    return (problem.message if isinstance(problem, CatalogueError) else str(problem))[:200]


def _judge(document: Document, base: Mapping[str, Any], vocabulary: Mapping[str, Any]) -> None:
    judge = Judge(document)
    judge.keys((), _KEYS)
    judge.words(("title",), MOST_TITLE)
    judge.words(("en",), MOST_WORDS)
    judge.words(("easy",), MOST_WORDS)
    lines = judge.lines(("wording",), MOST_LINES, MOST_WORDS)
    if "wording" in document.data and base.get("wording") and not lines:
        judge.fail(("wording",), NO_WORDING)
    _judge_sections(judge, base)
    _judge_order(judge, base)
    judge_fields(judge, base, vocabulary)


def _judge_sections(judge: Judge, base: Mapping[str, Any]) -> None:
    seen: set[str] = set()
    known = {*base["fields"], *judge.mapping(("fields",))}
    for name, own in judge.mapping(("sections",)).items():
        here = ("sections", name)
        if own is None:
            judge.fail(here, SECTION_STAYS, name=name)
        if name not in base["sections"] and not is_own_id(name):
            judge.fail(here, NO_ID, name=name)
        judge.keys(here, _SECTION_KEYS)
        judge.words((*here, "title"), MOST_TITLE, needed=name not in base["sections"])
        judge.words((*here, "en"), MOST_WORDS)
        judge.number((*here, "mm"), 5, 200, needed=name not in base["sections"])
        for at, field in enumerate(judge.lines((*here, "fields"), 100, 40)):
            if field not in known:
                judge.fail((*here, "fields", at), NO_FIELD, name=field)
            if field in seen:
                judge.fail((*here, "fields", at), TWICE, name=field)
            seen.add(field)
    high = sum(_height(base, judge, name) for name in {**base["sections"], **judge.mapping(("sections",))})
    if high > PAPER_MM:
        judge.fail(("sections",), TOO_HIGH, high=f"{high:g}", most=f"{PAPER_MM:g}")


def _height(base: Mapping[str, Any], judge: Judge, section: str) -> float:
    return float(judge.at(("sections", section, "mm"), base["sections"].get(section, {}).get("mm", 0)))


def _judge_order(judge: Judge, base: Mapping[str, Any]) -> None:
    known = tuple({**base["sections"], **judge.mapping(("sections",))})
    for key in ("order", "ask"):
        given = judge.lines((key,), 40, 40)
        for at, name in enumerate(given):
            if name not in known:
                judge.fail((key, at), NO_SECTION, name=name, known="、".join(known))
            if name in given[:at]:
                judge.fail((key, at), TWICE, name=name)
    first = order_of(base, {})[0]
    if order_of(base, judge.document.data)[0] != first:
        judge.fail(("order",), HEAD_FIRST, name=first)


def _over(form: str, document: Document, base: Mapping[str, Any]) -> Document:
    """A city's text as a document of forms: what it says of places is left to `arranged`."""
    own = deepcopy(document.data)
    for section in own.get("sections", {}).values():
        section.pop("fields", None)
    for name, field in own.get("fields", {}).items():
        if name not in base["fields"]:
            own["fields"][name] = complete(field)
    lines = {("forms", form, *pointer): place for pointer, place in document.lines.items()}
    first = document.place(())
    return Document(document.path, {"forms": {form: own}}, {(): first, ("forms",): first, **lines})
