"""設定の画面の流れ: type, look at what changes, do it; and the same way back to what was before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.errors import FieldProblem, Invalid
from models.core.messages import Message, _n, message
from models.operations.setting_changes import OtherState
from models.queries import setting_changes
from models.queries.offices import OfficeView
from models.queries.setting_changes import ChangeView
from models.rules import mynumber
from models.rules.setting_marks import mark
from web.admin.change_lines import ChangeLine, Line, named, told
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext

NOTHING = _n("いまと同じです。変えるところを書いてください。")
OF_OFFICE = _n("{office}：{what}")
KEPT = _n("変えました。")
SAME = _n("いまの設定と同じなので、もどすところはありません。")


@dataclass(frozen=True)
class Effect:
    """What a change means for somebody: a sentence, how to go on, and how loud (`plain`, `warning`)."""

    title: str
    text: str = ""
    kind: str = "plain"


@dataclass(frozen=True)
class Which:
    """Which setting: its name, its page and where that stands in the contents, and under what its changes are kept."""

    title: str
    here: str
    section: str
    topic: str
    of: str


def of_office(place: OfficeView, topic: str, what: str, endpoint: str, section: str = "") -> Which:
    """A setting of an office, whose page has the office's code in its address."""
    title = gettext(OF_OFFICE, office=place.name, what=gettext(what))
    return Which(title, url_for(endpoint, office=place.code), section or endpoint, topic, place.code)


@dataclass(frozen=True)
class SettingPage:
    """One setting's page: how its state is read, told, judged and kept, and the form that is shown."""

    which: Which
    state: Any
    read: Callable[[Mapping[str, str]], Any]
    judge: Callable[[Any], Any]
    lines: Callable[[Any, Any], Sequence[Line]]
    effects: Callable[[Any, Any], Sequence[Effect]]
    keep: Callable[[Any, str], None]
    form: Callable[[Mapping[str, Message], Mapping[str, str] | None], str]


@dataclass(frozen=True)
class Step:
    """Something that is done once and has no way back here: where it is done (`here`), and where it is not.

    `kind` is the button's, `do` its words where they are others; `fields` go through the page in place of what was
    typed, where that must not be shown.
    """

    title: str
    section: str
    here: str
    back_to: str
    lines: Sequence[Line]
    effects: Sequence[Effect]
    kind: str = "danger"
    do: str = ""
    fields: Sequence[tuple[str, str]] | None = None


def shown(page: SettingPage) -> str | Response:
    """The form; or, where the address says so (`back`), what going back before a change would do."""
    if not request.args.get("back"):
        return page.form({}, None)
    try:
        return _look(page, page.judge(_kept(page, request.args["back"]).before))
    except Invalid as refused:
        return make_response(page.form(_wrong(refused), None), 422)


def sent(page: SettingPage) -> Response:
    """What was typed, looked at or (`do` = keep) done."""
    back = request.form.get("back", "")
    try:
        wanted = page.judge(_kept(page, back).before if back else page.read(request.form))
        if wanted == page.state and not back:
            raise Invalid([FieldProblem("do", message(NOTHING))])
        if request.form.get("do") != "keep":
            return make_response(_look(page, wanted))
        page.keep(wanted, request.form.get("mark", ""))
    except Invalid as refused:
        return make_response(page.form(_wrong(refused), harmless()), 422)
    except OtherState as refused:
        flash(gettext(refused.message.template), "warning")
        return redirect(page.which.here, 303)
    flash(gettext(KEPT), "done")
    return redirect(page.which.here, 303)


def history(page: SettingPage, lines: Callable[[Any, Any], Sequence[Line]] | None = None) -> list[ChangeLine]:
    """The newest changes of a setting, each with the way back to what was before."""
    say = lines or page.lines
    return told(
        lambda one: say(one.before, one.after),
        page.which.topic,
        of=page.which.of,
        back=lambda one: _back(page, one),
    )


def harmless() -> dict[str, str]:
    """What was typed, but for an individual number."""
    return {name: "" if mynumber.contains_my_number(text) else text for name, text in request.form.items()}


def _back(page: SettingPage, one: ChangeView) -> str:
    none = one.before == page.state or (one.topic == setting_changes.OFFICE and not one.before)
    return "" if none else f"{page.which.here}{'&' if '?' in page.which.here else '?'}back={one.id}"


def _kept(page: SettingPage, number: str) -> ChangeView:
    return named(number, page.which.topic, of=page.which.of)


def _look(page: SettingPage, wanted: Any) -> str:
    back = request.values.get("back", "")
    return _preview(
        page.which.title,
        page.which.section,
        (page.which.here, page.which.here),
        page.lines(page.state, wanted),
        page.effects(page.state, wanted),
        same=wanted == page.state,
        fields=[("back", back)] if back else _typed(),
        mark=mark(page.state),
    )


def looked_first(step: Step) -> Response | None:
    """The page that says what this step does; None where it was looked at and is to be done (`do` = keep)."""
    if request.form.get("do") == "keep":
        return None
    addresses = (step.here, step.back_to)
    fields = _typed() if step.fields is None else step.fields
    more = {"fields": fields, "kind": step.kind, "do": step.do}
    shown = _preview(step.title, step.section, addresses, step.lines, step.effects, **more)
    return make_response(shown)


def looked_then(step: Step, make: Callable[[], None]) -> Response | None:
    """The page that says what this step does; None where it was looked at, and is done now."""
    first = looked_first(step)
    if first is None:
        make()
    return first


def _typed() -> list[tuple[str, str]]:
    return [
        (name, text) for name, text in request.form.items(multi=True)
        if name not in ("csrf_token", "do", "mark") and not mynumber.contains_my_number(text)
    ]  # fmt: skip


def _preview(
    title: str,
    section: str,
    addresses: tuple[str, str],
    lines: Sequence[Line],
    effects: Sequence[Effect],
    **more: Any,
) -> str:
    """What would become of a setting; `addresses`: where it is done, and where it is not."""
    return render_template(
        "admin/setting_preview.html",
        sections=sections(section),
        person=name_of_visitor(),
        title=title,
        here=addresses[0],
        back_to=addresses[1],
        lines=lines,
        effects=effects,
        **more,
    )


def _wrong(refused: Invalid) -> dict[str, Message]:
    """Of several problems of a box, the first."""
    found: dict[str, Message] = {}
    for one in refused.problems:
        found.setdefault(one.field, one.message)
    return found
