"""手続きの設定: the city's words, minutes, fees and things to bring, over what the catalogue says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, current_app, render_template, url_for
from werkzeug.wrappers import Response

from models.core.messages import Message, _n
from models.operations import procedure_settings as acts
from models.queries import catalogue, offices, procedure_settings, setting_changes
from models.rules import procedure_settings as rules
from web.access import ADMINISTRATOR, visitor
from web.admin.change_lines import Line
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.admin.setting_pages import Effect, SettingPage, Which, history, sent, shown
from web.languages import gettext
from web.presentation import plain_words

blueprint = Blueprint("procedures", __name__)
TEXTS: Mapping[str, tuple[str, str]] = {
    "ja": (_n("手続きの名前"), ""),
    "easy": (
        _n("やさしい日本語の名前"),
        _n("漢字の後ろに読みがなを付けます。例：{example}"),
    ),
    "en": (_n("英語の名前"), ""),
    "deadline": (_n("期限"), _n("例：引っ越した日から14日以内")),
}
FEES: Mapping[str, tuple[str, str]] = {
    "fee_yen": (_n("手数料（円）"), _n("空けると、手数料を書きません。無料のときは 0。")),
    "fee_note": (_n("手数料の説明"), _n("例：年金の現況届などは無料")),
}
BOOKINGS: Mapping[str, str] = {
    "none": _n("予約なしでも受け付ける"),
    "optional": _n("予約できる"),
    "recommended": _n("予約をすすめる"),
    "required": _n("予約が必要"),
}
BRING = _n("持ち物")
BOOKING = _n("予約のしかた")
MORE_ITEMS = 2
KEPT_BOOKINGS = _n("もう入っている予約の時間と持ち物は、予約したときのままです。")
LENGTH = _n("予約枠の数が変わることがあります")
LENGTH_TEXT = _n("窓口の時間で、1つの予約が使う枠の数が決まります。これからの予約から変わります。")
OTHER_WORDS = _n("ほかの言葉の名前も確かめてください")
OTHER_WORDS_TEXT = _n("日本語の名前だけを変えると、ほかの言葉の画面には英語の名前と日本語が並びます。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """Every procedure with what the city set differently and where it is offered."""
    known, own = catalogue.current(), procedure_settings.everybodys()
    offered = [(one.name, set(offices.procedures_of(one))) for one in offices.offices()]
    return render_template(
        "admin/procedures.html",
        sections=sections("procedures.page"),
        person=name_of_visitor(),
        groups=[
            (queue, [one for one in known.procedures.values() if one.queue == queue.code])
            for queue in known.queues.values()
        ],
        own=own,
        offered=offered,
        bookings=BOOKINGS,
    )


@blueprint.get("/<code>")
@ADMINISTRATOR
def edit(code: str) -> str | Response:
    """What can be set of a procedure, or what going back would change."""
    return shown(_setting(code))


@blueprint.post("/<code>")
@ADMINISTRATOR
def keep(code: str) -> Response:
    """Look at what was typed, or keep it."""
    return sent(_setting(code))


def _setting(code: str) -> SettingPage:
    base = procedure_settings.base(code)
    own = procedure_settings.own(code)
    return SettingPage(
        Which(
            title=f"{code}　{own.get('ja', base['ja'])}",
            here=url_for("procedures.edit", code=code),
            section="procedures.page",
            topic=setting_changes.PROCEDURE,
            of=code,
        ),
        state=own,
        read=_read,
        judge=lambda wanted: acts.checked(code, wanted),
        lines=lambda before, after: list(_lines({**base, **before}, {**base, **after})),
        effects=lambda before, after: _effects({**base, **before}, {**base, **after}),
        keep=lambda wanted, seen: acts.set_procedure(code, wanted, seen, visitor().actor),
        form=lambda wrong, typed: _page(code, base, wrong, typed),
    )


def _read(given: Mapping[str, str]) -> dict[str, Any]:
    fee = given.get("fee_yen", "").strip()
    return {
        **{name: given.get(name, "").strip() for name in (*TEXTS, "fee_note")},
        "booking": given.get("booking", ""),
        "fee_yen": _whole(fee) if fee else None,
        "minutes": {name: _whole(given.get(name, "")) for name in rules.MINUTES},
        "bring": [
            [given[f"item.{at}"], given.get(f"when.{at}", "").strip()]
            for at in range(rules.MOST_ITEMS + MORE_ITEMS)
            if given.get(f"item.{at}")
        ],
    }


def _whole(text: str) -> int:
    """The number; -1, which nothing may be, for anything else."""
    plain = text.strip()
    return int(plain) if plain.isdecimal() and len(plain) <= 7 else -1


def _lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Line]:
    for name, (label, _) in {**TEXTS, **FEES}.items():
        if before[name] != after[name]:
            yield gettext(label), *_pair(before[name], after[name])
    if before["booking"] != after["booking"]:
        old, new = (gettext(BOOKINGS[kept["booking"]]) for kept in (before, after))
        yield gettext(BOOKING), old, new
    for name in rules.MINUTES:
        if before["minutes"][name] != after["minutes"][name]:
            old, new = (gettext("{n}分", n=kept["minutes"][name]) for kept in (before, after))
            yield gettext(rules.LABELS[name]), old, new
    if before["bring"] != after["bring"]:
        names = procedure_settings.items()
        old, new = (_items(kept["bring"], names) for kept in (before, after))
        yield gettext(BRING), old, new


def _pair(before: Any, after: Any) -> tuple[str, str]:
    old, new = ("" if one is None else str(one) for one in (before, after))
    return old, new


def _items(rows: list[list[str]], names: Mapping[str, str]) -> str:
    return "\n".join(
        names.get(item, item) + (gettext("（{when}）", when=when) if when else "") for item, when in rows
    )


def _effects(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Effect]:
    found = [Effect(gettext(KEPT_BOOKINGS))]
    if before["minutes"]["desk"] != after["minutes"]["desk"]:
        found.append(Effect(gettext(LENGTH), gettext(LENGTH_TEXT)))
    if before["ja"] != after["ja"] and (before["en"], before["easy"]) == (after["en"], after["easy"]):
        found.append(Effect(gettext(OTHER_WORDS), gettext(OTHER_WORDS_TEXT), "warning"))
    return found


def _public(code: str) -> bool:
    """Whether residents see the procedure in this process."""
    return "guide.procedure" in current_app.view_functions and code in catalogue.current().procedures


def _page(
    code: str, base: Mapping[str, Any], wrong: Mapping[str, Message], typed: Mapping[str, str] | None
) -> str:
    setting = _setting(code)
    values = {**base, **setting.state} if typed is None else {**base, **_read(typed)}
    boxes = {
        **{name: "" if values[name] is None else values[name] for name in ("fee_yen",)},
        **values["minutes"],
    }
    rows = [*values["bring"], *([["", ""]] * MORE_ITEMS)][: rules.MOST_ITEMS + MORE_ITEMS]
    known = catalogue.current()
    return render_template(
        "admin/procedure.html",
        sections=sections("procedures.page"),
        person=name_of_visitor(),
        code=code,
        name=setting.state.get("ja", base["ja"]),
        texts=TEXTS,
        fees=FEES,
        most=rules.TEXTS,
        minutes=rules.LABELS,
        bookings=BOOKINGS,
        values=values,
        boxes={name: typed.get(name, "") for name in boxes} if typed is not None else boxes,
        rows=rows,
        items=[(item, plain_words(one.words)) for item, one in known.items.items()],
        own=setting.state,
        base=base,
        wrong=wrong,
        history=history(setting),
        moment=moment,
        public=url_for("guide.procedure", code=code) if _public(code) else "",
    )
