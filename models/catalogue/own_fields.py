"""What a city may say of the fields of a form: words, place, width; new ones; hiding what nobody must answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from models.catalogue.arranging import fields_of
from models.catalogue.conditions import ConditionError, comparisons, parse
from models.catalogue.own_text import MOST_TITLE, MOST_WORDS, NO_ID, Judge, is_own_id
from models.core.messages import _n

ADDED_KINDS = (
    *("text", "choice", "multi", "bool", "int", "wareki", "date", "name", "kana", "tel", "email", "zip"),
    *("address", "sign"),
)
_CHANGED = ("label", "en", "easy", "hint", "hint_en", "width", "req", "by")
_ADDED = (*_CHANGED, "sec", "type", "ref", "values", "max", "furi", "n", "examples")
_BY = ("online", "counter")
NO_KIND = _n("{line}行目：種類「{name}」は使えません。使えるのは：{known}")
NO_ITEM = _n("{line}行目：「{name}」は項目の辞書にありません。")
NO_PLACE = _n("{line}行目：項目「{name}」を置く欄（sec）を書いてください。")
NEEDED = _n(
    "{line}行目：項目「{name}」は法令や手続きに必要なので、なくせません。ことばと場所は変えられます。"
)
FIXED = _n("{line}行目：項目「{name}」は法令や手続きに必要なので、答えるかどうか（req）は変えられません。")
NO_BY = _n("{line}行目：「by」に書けるのは online（家で書く）か counter（窓口で手書き）です。")
STAFF_ONLY = _n("{line}行目：職員や機械が書く項目「{name}」は、ことばと幅だけを変えられます。")
FORBIDDEN = _n(
    "{line}行目：「{name}」は、家で聞いてはいけないものです（個人番号・暗証番号など）。"
    "紙に手書きの欄として置くときは by: counter にします。"
)
DANGLING = _n("{line}行目：項目「{name}」の条件が使っている「{other}」がありません。")
BAD_CONDITION = _n("{line}行目：「{name}」の条件を読めません。（{detail}）")
DEPENDS = _n("{line}行目：項目「{name}」は、「{other}」を聞くかどうかを決めるので、なくせません。")
NOT_SAME = _n(
    "{line}行目：手書きにした「{name}」は、「{other}」を聞くかどうかを決めるので、家で聞いてください。"
)
NO_VALUES = _n("{line}行目：選ぶ項目「{name}」には、選択肢（values）を2つ以上書いてください。")
_SECRET = re.compile(
    "個人番号|マイナンバー|my-?number|individual-?number|暗証番号|パスワード|password|在留カード(等)?(の)?番号|"
    "住民票コード|署名用電子証明書",
    re.IGNORECASE,
)
_TYPED = ("text", "int", "name", "kana", "roman", "tel", "email", "zip", "code", "address")
EXAMPLES: Mapping[str, Any] = {
    "text": "記入例", "bool": True, "int": 1, "wareki": "1985-04-01", "date": "2026-04-01", "name": "前庭　花子",
    "kana": "マエニワ　ハナコ", "tel": "055-992-1111", "email": "hanako@example.jp", "zip": "4101118",
    "address": {"zip": "4101118", "pref": "静岡県", "city": "裾野市", "town": "佐野", "block": "1059"},
}  # fmt: skip
"""What a new field gives other programs as an example of an answer."""


def is_needed(field: Mapping[str, Any]) -> bool:
    """Whether the catalogue's field must stay: the law or the procedure cannot do without."""
    return field.get("by") == "system" or not str(field.get("req", "opt")).startswith("opt")


def complete(field: Mapping[str, Any]) -> dict[str, Any]:
    """A new field with what a city need not say: who fills it, and an example for other programs."""
    kind = field.get("type", "")
    found = {"by": "counter" if kind == "sign" else "online", "req": "opt", **field}
    if "examples" not in found and kind in EXAMPLES:
        found["examples"] = [EXAMPLES[kind]]
    if "examples" not in found and kind == "multi":
        found["examples"] = [list(found["values"][:1])]
    return found


def judge_fields(judge: Judge, base: Mapping[str, Any], vocabulary: Mapping[str, Any]) -> None:
    """OwnFormError for the first thing that a city may not say of a field."""
    for name, own in judge.mapping(("fields",)).items():
        here = ("fields", name)
        if name in base["fields"]:
            if own is None:
                _judge_hidden(judge, name, base["fields"][name])
            else:
                _judge_changed(judge, name, base["fields"][name])
        elif own is None or not is_own_id(name):
            judge.fail(here, NO_ID, name=name)
        else:
            _judge_added(judge, name, base, vocabulary)
    merged = fields_of(base, judge.document.data)
    for name, field in merged.items():
        _judge_secret(judge, name, field, vocabulary)
        _judge_condition(judge, name, field, base, merged)


def _judge_hidden(judge: Judge, name: str, field: Mapping[str, Any]) -> None:
    if is_needed(field):
        judge.fail(("fields", name), NEEDED, name=name)


def _judge_changed(judge: Judge, name: str, field: Mapping[str, Any]) -> None:
    here = ("fields", name)
    judge.keys(here, _CHANGED)
    _judge_words(judge, name)
    own = judge.mapping(here)
    if field.get("by") in ("staff", "system") and {"req", "by"} & set(own):
        judge.fail(here, STAFF_ONLY, name=name)
    if "req" in own and is_needed(field) and own["req"] != field.get("req"):
        judge.fail((*here, "req"), FIXED, name=name)


def _judge_added(judge: Judge, name: str, base: Mapping[str, Any], vocabulary: Mapping[str, Any]) -> None:
    here = ("fields", name)
    judge.keys(here, _ADDED)
    own = judge.mapping(here)
    reference = judge.words((*here, "ref"), MOST_TITLE)
    if reference and reference not in vocabulary:
        judge.fail((*here, "ref"), NO_ITEM, name=reference)
    judge.words((*here, "label"), MOST_TITLE, needed=not reference)
    kind = judge.words((*here, "type"), MOST_TITLE, needed=not reference)
    if kind and kind not in ADDED_KINDS:
        judge.fail((*here, "type"), NO_KIND, name=kind, known="、".join(ADDED_KINDS))
    values = judge.lines((*here, "values"), 20, MOST_TITLE)
    if kind in ("choice", "multi") and len(set(values)) < 2:
        judge.fail((*here, "values"), NO_VALUES, name=name)
    judge.number((*here, "max"), 1, 500)
    judge.number((*here, "n"), 1, 10)
    _judge_words(judge, name)
    sections = {**base["sections"], **judge.mapping(("sections",))}
    listed = any(name in (one or {}).get("fields", ()) for one in judge.mapping(("sections",)).values())
    if own.get("sec") not in sections and not (listed and "sec" not in own):
        judge.fail((*here, "sec"), NO_PLACE, name=name)


def _judge_words(judge: Judge, name: str) -> None:
    here = ("fields", name)
    for key, most in (("label", MOST_TITLE), ("en", MOST_WORDS), ("easy", MOST_WORDS)):
        judge.words((*here, key), most)
    for key in ("hint", "hint_en", "req"):
        judge.words((*here, key), MOST_WORDS)
    judge.number((*here, "width"), 20, 100)
    if judge.at((*here, "by"), "online") not in _BY:
        judge.fail((*here, "by"), NO_BY)


def _judge_secret(judge: Judge, name: str, field: Mapping[str, Any], vocabulary: Mapping[str, Any]) -> None:
    own = judge.at(("fields", name))
    if not own or field.get("by", "online") != "online":
        return
    item = vocabulary.get(field.get("ref", ""), {})
    kind = field.get("type") or item.get("type")
    words = "".join(unicodedata.normalize("NFKC", f"{field.get('label', '')}{field.get('en', '')}").split())
    if item.get("online") == "never" or (kind in _TYPED and _SECRET.search(words)):
        judge.fail(("fields", name), FORBIDDEN, name=field.get("label") or name)


def _judge_condition(
    judge: Judge, name: str, field: Mapping[str, Any], base: Mapping[str, Any], merged: Mapping[str, Any]
) -> None:
    required = str(field.get("req", "opt")).removeprefix("opt if ")
    if required in ("must", "opt"):
        return
    try:
        named = [one.field for one in comparisons(parse(required))]
    except ConditionError as problem:
        judge.fail(("fields", name, "req"), BAD_CONDITION, name=name, detail=str(problem))
    for other in named:
        if other not in merged:
            if other in base["fields"]:
                judge.fail(("fields", other), DEPENDS, name=other, other=name)
            judge.fail(("fields", name, "req"), DANGLING, name=name, other=other)
        if merged[other].get("by", "online") != "online":
            judge.fail(("fields", other), NOT_SAME, name=other, other=name)
