"""送り方を開く前に: what a way out would send where and how it would look, before anything goes out."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import get_template_attribute, url_for
from markupsafe import Markup

from models.core.messages import _n
from models.operations.ways import TESTABLE, Outlook
from models.queries import messages, ways
from models.rules.message_languages import language_of
from models.rules.notices import Words
from web.admin import notice_words
from web.admin.change_lines import Line, plainly
from web.admin.setting_pages import Effect, Step
from web.languages import gettext
from web.reading import current

OPEN = _n("開いている")
BOXES = {
    "server": _n("メールサーバーの名前"),
    "security": _n("通信の守り方"),
    "port": _n("ポート"),
    "user": _n("利用者の名前"),
    "sender": _n("差出人"),
    "name": _n("差出人の名前"),
    "contact": _n("連絡先"),
    "account": _n("アカウント"),
    "url": _n("送るアドレス"),
    "password": _n("パスワード"),
    "token": _n("トークン"),
    "secret": _n("署名の鍵"),
}
"""Every need that a person can name, in the order of the forms."""
SECURITY = {"smtp": "STARTTLS", "smtps": "TLS"}
SENDS = {
    "email": _n("件名、本文、その人のページのアドレスと、カレンダーのファイルを送ります。名前と手続きは書きません。"),
    "push": _n(
        "件名と本文を、ブラウザーの会社の通知サーバーをとおして送ります。中身は、その人のブラウザーだけが読めます。"
    ),
    "line": _n("本文を、LINEのサーバーへ送ります。名前と手続きは書きません。"),
    "sms": _n("件名と、その人のページのアドレスを、宛先の番号と一緒に、書いたアドレスへ送ります。"),
    "webhook": _n(
        "お知らせの種類、庁舎、日時、番号を、署名を付けて送ります。宛先、名前、その人のページのアドレスは送りません。"
    ),
}  # fmt: skip
NEW_SECRET, MADE_SECRET = _n("新しく書いたもの"), _n("新しく作るもの")
KEPT_SECRET, NO_SECRET = _n("いまのもの"), _n("ありません")
SENT, LOOKS, PROMISED = _n("送るもの"), _n("届くときの見本"), _n("住民の画面に、この送り方が出ます。")
WAITING = _n("待っているお知らせ{n}通は、この設定で送ります。")
TRY, TRY_NEXT = _n("まだ何も送りません。"), _n("変えたあと、「試しに送る」で届くことを確かめてください。")
TOLD_ONCE = _n("署名を確かめる鍵は、変えたあとの画面に1回だけ出ます。")


def step(way: str, found: Outlook, fields: list[tuple[str, str]]) -> Step:
    """The page that is looked at before a way is opened, or opened anew."""
    return Step(
        title=notice_words.way_name(way),
        section="messages.page",
        here=url_for("ways.open_way", way=way),
        back_to=url_for("ways.page", _anchor=way),
        lines=_lines(way, found),
        effects=_effects(way, found),
        kind="primary",
        fields=fields,
    )


def _lines(way: str, found: Outlook) -> list[Line]:
    """Everything that it would use; of secrets only whether they become others."""
    lines = [(gettext(OPEN), plainly(ways.way(way).open), plainly(True))]
    for name, label in BOXES.items():
        if name in found.secrets:
            lines.append((gettext(label), _had(found, name), _becomes(way, name, found)))
        elif name in found.hidden:
            lines.append((gettext(label), gettext(KEPT_SECRET), gettext(KEPT_SECRET)))
        elif found.before.get(name) or found.after.get(name):
            now, then = (_said(name, one.get(name, "")) for one in (found.before, found.after))
            lines.append((gettext(label), now, then))
    return lines


def _had(found: Outlook, name: str) -> str:
    return gettext(KEPT_SECRET) if name in found.had else ""


def _becomes(way: str, name: str, found: Outlook) -> str:
    if name not in found.hidden:
        return gettext(NO_SECRET)
    return gettext(MADE_SECRET if way == "webhook" else NEW_SECRET)


def _said(name: str, text: str) -> str:
    return SECURITY.get(text, text) if name == "security" else text


def _effects(way: str, found: Outlook) -> list[Effect]:
    left = messages.waiting(way)
    return [
        Effect(gettext(SENT), gettext(SENDS[way])),
        Effect(gettext(LOOKS), _sample(way, found.after)),
        *([Effect(gettext(TOLD_ONCE), kind="warning")] if way == "webhook" and found.secrets else []),
        *([Effect(gettext(WAITING, n=left), kind="warning")] if left else []),
        *([Effect(gettext(PROMISED))] if way != "webhook" and not ways.way(way).open else []),
        Effect(gettext(TRY), gettext(TRY_NEXT) if way in TESTABLE else ""),
    ]


def _sample(way: str, needs: Mapping[str, str]) -> Markup:
    """A made-up message as this way would carry it."""
    kind, language = ("come" if way == "push" else "booked"), current().code
    words, tag = messages.preview(kind, language), language_of(language).tag
    if way == "webhook":
        words, tag = Words("", json.dumps(messages.example_facts(kind), ensure_ascii=False, indent=1)), "en"
    elif way == "sms":
        words = Words("", f"{words.subject}\n{messages.LINK['url']}")
    elif way == "line":
        words = Words("", words.body)
    elif way == "email":
        sender = " ".join(filter(None, (needs.get("name", ""), f"<{needs.get('sender', '')}>")))
        words = Words(words.subject, f"{sender}\n\n{words.body}")
    sample: Markup = get_template_attribute("admin/messages/sample.html", "sample")(words, tag)
    return sample
