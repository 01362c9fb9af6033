"""市からの案内: what the city says in its own words on the residents' pages, place by place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from models.core.errors import NotFound
from models.core.messages import Message, _n
from models.operations import city_words as acts
from models.queries import city_words, setting_changes
from models.rules.city_words import LANGUAGES, LONGEST, SPOTS, checked
from models.rules.message_languages import BY_CODE
from web.access import ADMINISTRATOR, visitor
from web.admin.change_lines import plain_parts
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.admin.setting_pages import Effect, SettingPage, Which, history, sent, shown
from web.languages import gettext

blueprint = Blueprint("words", __name__)
PLACES: Mapping[str, str] = {
    "home": _n("住民の最初の画面"),
    "offices": _n("庁舎の場所と時間の画面"),
    "confirm": _n("予約を決める前の画面"),
    "booked": _n("予約した人の画面"),
}
LABELS: Mapping[str, tuple[str, str]] = {
    "ja": (_n("日本語"), _n("例：駐車場の工事のため、バスでお越しください。空けると、何も出しません。")),
    "easy": (_n("やさしい日本語"), _n("漢字の後ろに読みがなを付けます。例：{example}")),
    "en": (_n("英語"), _n("文のない言葉の画面にも出します。空けると、日本語を出します。")),
}
OTHERS: Mapping[str, str] = {name: BY_CODE[name].name for name in LANGUAGES if name not in LABELS}
"""The other languages under their own names."""
UNTIL = _n("いつまで出すか")
AT_ONCE = _n("保存すると、すぐに住民の画面に出ます。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """Every place with what is said there now."""
    said = city_words.said()
    return render_template(
        "admin/words.html",
        sections=sections("words.page"),
        person=name_of_visitor(),
        places=[(spot, PLACES[spot], said.get(spot), city_words.kept(spot)) for spot in SPOTS],
    )


@blueprint.get("/<spot>")
@ADMINISTRATOR
def edit(spot: str) -> str | Response:
    """The words of a place, or what going back would change."""
    return shown(_setting(spot))


@blueprint.post("/<spot>")
@ADMINISTRATOR
def keep(spot: str) -> Response:
    """Look at what was typed, or keep it."""
    return sent(_setting(spot))


def _setting(spot: str) -> SettingPage:
    if spot not in SPOTS:
        raise NotFound
    return SettingPage(
        Which(
            title=gettext(PLACES[spot]),
            here=url_for("words.edit", spot=spot),
            section="words.page",
            topic=setting_changes.WORDS,
            of=spot,
        ),
        state=city_words.kept(spot),
        read=dict,
        judge=checked,
        lines=partial(
            plain_parts, {**{name: words[0] for name, words in LABELS.items()}, **OTHERS, "until": UNTIL}
        ),
        effects=lambda *_: [Effect(gettext(AT_ONCE))],
        keep=lambda wanted, seen: acts.set_words(spot, wanted, seen, visitor().actor),
        form=lambda wrong, typed: _page(spot, wrong, typed),
    )


def _page(spot: str, wrong: Mapping[str, Message], typed: Mapping[str, str] | None) -> str:
    setting = _setting(spot)
    return render_template(
        "admin/words_at.html",
        sections=sections("words.page"),
        person=name_of_visitor(),
        spot=spot,
        place_named=PLACES[spot],
        labels=LABELS,
        others=OTHERS,
        tags={name: BY_CODE[name].tag for name in OTHERS},
        until=UNTIL,
        most=LONGEST,
        typed=setting.state if typed is None else typed,
        wrong=wrong,
        history=history(setting),
        moment=moment,
    )
