"""変わるところ: what a new version of a form changes, in sentences for whoever releases it."""

from __future__ import annotations

from collections.abc import Iterator

from models.catalogue.definitions import Form, FormField, FormSection
from models.core.messages import Message, _n, message

TITLE = _n("題名を「{before}」から「{after}」に変えます。")
ORDER = _n("欄の並びを変えます：{order}")
NEW_SECTION = _n("欄「{name}」を足します。")
SECTION_TITLE = _n("欄「{before}」の題名を「{after}」に変えます。")
HEIGHT = _n("欄「{name}」の高さを{before}mmから{after}mmに変えます。")
INSIDE = _n("欄「{name}」の中の並びを変えます。")
ADDED = _n("欄「{section}」に項目「{name}」を足します（{how}）。")
GONE = _n("項目「{name}」をなくします。")
LABEL = _n("項目「{before}」の名前を「{after}」に変えます。")
HINT = _n("項目「{name}」の説明を「{after}」に変えます。")
NO_HINT = _n("項目「{name}」の説明をなくします。")
MOVED = _n("項目「{name}」を欄「{section}」に移します。")
HOW = _n("項目「{name}」の答え方を変えます（{how}）。")
WIDTH = _n("項目「{name}」の幅を変えます。")
OTHER_LANGUAGE = _n("「{name}」の日本語のほかの言葉を変えます。")
NEW_WORDING = _n("注意事項を足します：{line}")
OLD_WORDING = _n("注意事項をなくします：{line}")
WORDING_ORDER = _n("注意事項の並びを変えます。")
SOMETHING = _n("そのほかの設定を変えます。")
MUST, OPTIONAL, SOMETIMES, BY_HAND = _n("必須"), _n("なくてもよい"), _n("条件つき"), _n("窓口で手書き")


def differences(before: Form, after: Form) -> list[Message]:
    """Every difference that people could see, from top to bottom; none for the same form."""
    if before.digest == after.digest:
        return []
    found = [*_of_form(before, after), *_of_sections(before, after), *_of_fields(before, after)]
    return [*found, *_of_wording(before, after)] or [message(SOMETHING)]


def how(item: FormField) -> str:
    """How a field is answered, as a Japanese word to be translated."""
    if not item.online:
        return BY_HAND
    if item.asked_when is not None:
        return SOMETIMES
    return MUST if item.must else OPTIONAL


def _of_form(before: Form, after: Form) -> Iterator[Message]:
    if before.words.ja != after.words.ja:
        yield message(TITLE, before=before.words.ja, after=after.words.ja)
    elif before.words != after.words:
        yield message(OTHER_LANGUAGE, name=after.words.ja)


def _of_sections(before: Form, after: Form) -> Iterator[Message]:
    known = {one.id: one for one in before.sections}
    common = [one.id for one in after.sections if one.id in known]
    if common != [name for name in known if name in common]:
        yield message(ORDER, order=" → ".join(one.title for one in after.sections))
    for section in after.sections:
        old = known.get(section.id)
        if old is None:
            yield message(NEW_SECTION, name=section.title)
        else:
            yield from _of_section(old, section)


def _of_section(before: FormSection, after: FormSection) -> Iterator[Message]:
    if before.title != after.title:
        yield message(SECTION_TITLE, before=before.title, after=after.title)
    elif before.title_en != after.title_en:
        yield message(OTHER_LANGUAGE, name=after.title)
    if before.height_mm != after.height_mm:
        heights = {"before": f"{before.height_mm:g}", "after": f"{after.height_mm:g}"}
        yield message(HEIGHT, name=after.title, **heights)
    ids = [item.id for item in after.fields]
    stayed = [item.id for item in before.fields if item.id in ids]
    if [name for name in ids if name in stayed] != stayed:
        yield message(INSIDE, name=after.title)


def _of_fields(before: Form, after: Form) -> Iterator[Message]:
    old = {item.id: item for section in before.sections for item in section.fields}
    new = {item.id: item for section in after.sections for item in section.fields}
    for name, item in new.items():
        if name in old:
            yield from _of_field(old[name], item, after)
        else:
            title = after.section(item.section).title
            yield message(ADDED, section=title, name=item.label.ja, how=message(how(item)))
    for name, item in old.items():
        if name not in new:
            yield message(GONE, name=item.label.ja)


def _of_field(before: FormField, after: FormField, form: Form) -> Iterator[Message]:
    name = after.label.ja
    if before.label.ja != name:
        yield message(LABEL, before=before.label.ja, after=name)
    elif before.label != after.label or before.hint_en != after.hint_en:
        yield message(OTHER_LANGUAGE, name=name)
    if before.hint != after.hint:
        yield message(HINT, name=name, after=after.hint) if after.hint else message(NO_HINT, name=name)
    if before.section != after.section:
        yield message(MOVED, name=name, section=form.section(after.section).title)
    if (before.by, before.required) != (after.by, after.required):
        yield message(HOW, name=name, how=message(how(after)))
    if before.width != after.width:
        yield message(WIDTH, name=name)


def _of_wording(before: Form, after: Form) -> Iterator[Message]:
    added = [line for line in after.wording if line not in before.wording]
    gone = [line for line in before.wording if line not in after.wording]
    yield from (message(NEW_WORDING, line=line) for line in added)
    yield from (message(OLD_WORDING, line=line) for line in gone)
    if not added and not gone and before.wording != after.wording:
        yield message(WORDING_ORDER)
